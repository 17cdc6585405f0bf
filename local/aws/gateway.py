"""The application in front of the emulator: root stays out, and what was answered is on disk."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import parse_qs

from local.aws import emulator
from local.aws.emulator import Application, Message, Receive, Scope, Send
from local.aws.vantage import Vantage

READING = ("Get", "List", "Head", "Describe", "Simulate", "Generate")
IDLE_SAVE_SECONDS = 2.0

ROOT_REFUSED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in "
    b"our records.</Message></Error>"
)


class Gateway:
    """Passes requests to the emulator and saves its state before a change is answered."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.last_request = time.monotonic()
        self.unsaved = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request of a vantage point."""
        self.last_request = time.monotonic()
        vantage: Vantage = scope["vantage"]
        if not vantage.root and emulator.is_root(access_key(scope)):
            await refuse(send)
            return
        self.unsaved = True
        changing = changes(scope)

        async def answer(message: Message) -> None:
            if changing and message["type"] == "http.response.start":
                self.save()
            await send(message)

        await self.application(scope, receive, answer)

    def save(self) -> None:
        """Write the emulator's state."""
        emulator.save()
        self.unsaved = False

    async def save_now_and_then(self) -> None:
        """Save what reading requests change too (when a key was last used), until cancelled."""
        while True:
            await asyncio.sleep(IDLE_SAVE_SECONDS)
            if self.unsaved:
                self.save()


def changes(scope: Scope) -> bool:
    """Whether a request may change state. IAM's have the operation in the body: they count."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    target = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-target"), b"")
    return not target.decode("latin-1").rpartition(".")[2].startswith(READING) if target else True


def access_key(scope: Scope) -> str:
    """The access key that a request is signed with, in header or query; empty for an anonymous one."""
    from ministack.core.router import extract_access_key_id

    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return str(extract_access_key_id(headers, query) or "")


async def refuse(send: Send) -> None:
    """Answer that root's key is unknown: its holder would be exempt from every policy."""
    headers = [(b"content-type", b"application/xml"), (b"content-length", str(len(ROOT_REFUSED)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": ROOT_REFUSED})
