"""Faults: one request answered wrongly on demand, to see what a deployment makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from local.aws.emulator import Application, Receive, Scope, Send

__all__ = ["Fault", "Faults"]


class Fault(StrEnum):
    """What can go wrong with one request."""

    ERROR = "error"
    """AWS answers 500 and has done nothing."""
    THROTTLE = "throttle"
    """AWS answers 503 SlowDown and has done nothing."""
    RESET = "reset"
    """The connection breaks before anything is done."""
    LOST = "lost"
    """AWS has done it, and the connection breaks before the answer: what a client's time-out looks like."""


CODES = {Fault.ERROR: (500, "InternalError"), Fault.THROTTLE: (503, "SlowDown")}


@dataclass(slots=True)
class Faults:
    """Counts requests, and lets the one numbered `at` (from 1) go wrong in the way of `fault`."""

    application: Application
    seen: int = 0
    at: int = 0
    fault: Fault = Fault.ERROR

    def arm(self, at: int, fault: Fault) -> int:
        """Count from 0 again and let request `at` go wrong (0: none); returns the count so far."""
        counted, self.seen, self.at, self.fault = self.seen, 0, at, fault
        return counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is the one to fail."""
        self.seen += 1
        if self.seen != self.at:
            await self.application(scope, receive, send)
        elif self.fault in CODES:
            await answer(send, *CODES[self.fault])
        else:
            if self.fault is Fault.LOST:
                await self.application(scope, receive, nowhere)
            await break_off(send)


async def nowhere(_message: object) -> None:
    """Where a lost answer goes."""


async def answer(send: Send, status: int, code: str) -> None:
    """Answer with an error that both of AWS's XML protocols (S3's and IAM's) read."""
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>on demand</Message></Error></ErrorResponse>"
    if code == "SlowDown":
        body = f"<Error><Code>{code}</Code><Message>on demand</Message></Error>"
    headers = [(b"content-type", b"application/xml"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


async def break_off(send: Send) -> None:
    """Promise a body and return without it: uvicorn then closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"64")]})
    await send({"type": "http.response.body", "body": b"<", "more_body": True})
