"""Faults: one request answered wrongly on demand, to see what a deployment makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs

from local.aws.emulator import Application, Message, Receive, Scope, Send

__all__ = ["Fault", "Faults"]


class Fault(StrEnum):
    """What can go wrong with one request."""

    ERROR = "error"
    """AWS answers 500 and has done nothing."""
    THROTTLE = "throttle"
    """AWS turns it away for being one of too many (S3: 503 SlowDown; IAM: 400 Throttling)."""
    RESET = "reset"
    """The connection breaks before anything is done."""
    LOST = "lost"
    """AWS has done it, and the connection breaks before the answer: what a client's time-out looks like."""


S3_CODES = {Fault.ERROR: (500, "InternalError", "{}"), Fault.THROTTLE: (503, "SlowDown", "{}")}
WRAPPED = "<ErrorResponse>{}</ErrorResponse>"
QUERY_CODES = {
    Fault.ERROR: (500, "InternalFailure", WRAPPED),
    Fault.THROTTLE: (400, "Throttling", WRAPPED),
}
"""What the services with an `Action` answer: IAM, STS, EC2."""


@dataclass(slots=True)
class Faults:
    """Counts requests, and lets the one numbered `at` (from 1) go wrong in the way of `fault`.

    Where an `operation` is named, only its requests count: an IAM, STS or EC2 action (`CreateUser`), a KMS
    operation (`CreateKey`), or S3's method and path (`PUT /bucket`, `PUT /bucket?policy`).
    """

    application: Application
    seen: int = 0
    at: int = 0
    fault: Fault = Fault.ERROR
    operation: str = ""

    def arm(self, at: int, fault: Fault, operation: str = "") -> int:
        """Count from 0 again and let request `at` go wrong (0: none); returns the count so far."""
        counted, self.seen, self.at, self.fault = self.seen, 0, at, fault
        self.operation = operation
        return counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is the one to fail."""
        counts = True
        if self.operation:
            body = await whole(receive)
            counts, receive = operation(scope, body) == self.operation, again(body, receive)
        self.seen += counts
        if not counts or self.seen != self.at:
            await self.application(scope, receive, send)
        elif self.fault in S3_CODES:
            await answer(send, *(QUERY_CODES if has_action(scope) else S3_CODES)[self.fault])
        else:
            if self.fault is Fault.LOST:
                await self.application(scope, receive, nowhere)
            await break_off(send)


async def whole(receive: Receive) -> bytes:
    """Return the body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def again(body: bytes, receive: Receive) -> Receive:
    """Hands out a body that was read already, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def hand_out() -> Message:
        return waiting.pop() if waiting else await receive()

    return hand_out


def operation(scope: Scope, body: bytes) -> str:
    """Return what a request asks for, in the words of `Faults`."""
    if target := header(scope, b"x-amz-target"):
        return target.rpartition(".")[2]
    if has_action(scope):
        return parse_qs(body.decode("latin-1")).get("Action", [""])[0]
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['method']} {scope['path']}" + (f"?{query}" if query else "")


def has_action(scope: Scope) -> bool:
    """Whether a request is in the form of IAM, STS and EC2."""
    return header(scope, b"content-type").startswith("application/x-www-form-urlencoded")


def header(scope: Scope, name: bytes) -> str:
    """Return a header's value, empty where it is missing."""
    return str(next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), ""))


async def nowhere(_message: object) -> None:
    """Where a lost answer goes."""


async def answer(send: Send, status: int, code: str, wrapped: str) -> None:
    """Answer with an error in XML, `wrapped` as the service wraps it."""
    error = f"<Error><Code>{code}</Code><Message>on demand</Message></Error>"
    body = wrapped.format(error).encode()
    headers = [(b"content-type", b"application/xml"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def break_off(send: Send) -> None:
    """Promise a body and return without it: uvicorn then closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"64")]})
    await send({"type": "http.response.body", "body": b"<", "more_body": True})
