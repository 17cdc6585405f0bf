"""Vantage points: listeners on loopback through which a client appears at a chosen public address."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator

import uvicorn

from local.aws.emulator import Application, Receive, Scope, Send
from local.vantages import Vantage

FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"forwarded")
CLOSE_SECONDS = 3.0
NAMED = b"x-forwarded-for"


class Seen:
    """The application as clients of one vantage point reach it: their address and their transport are set."""

    def __init__(self, application: Application, vantage: Vantage) -> None:
        self.application = application
        self.vantage = vantage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the vantage point's address; what it claims itself in headers is dropped."""
        headers = scope.get("headers", [])
        address = self.vantage.address or named_address(headers)
        kept = [(name, value) for name, value in headers if name.lower() not in FORWARDED]
        seen = {
            **scope,
            "client": (address, 0),
            "scheme": "https" if self.vantage.tls else "http",
            "headers": kept,
            "vantage": self.vantage,
        }
        await self.application(seen, receive, send)


def named_address(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the address that the client names in ``X-Forwarded-For``; loopback where that is none."""
    for name, value in headers:
        if name.lower() == NAMED:
            try:
                return str(ipaddress.ip_address(value.decode("latin-1").split(",")[0].strip()))
            except ValueError:
                break
    return "127.0.0.1"


class Listener(uvicorn.Server):
    """One vantage point being served; several of them share the event loop."""

    def __init__(self, application: Application, port: int, tls: ssl.SSLContext | None) -> None:
        config = uvicorn.Config(
            application,
            access_log=False,
            http="h11",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,  # longer than clients keep a connection in their pools
            ws="none",
        )
        config.load()
        config.ssl = tls
        super().__init__(config)
        self.socket = listen(port)
        self.port: int = self.socket.getsockname()[1]
        self.task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's own affair, not each listener's."""
        yield

    async def open(self) -> None:
        """Start serving; returns when connections are accepted."""
        self.task = asyncio.create_task(self.serve(sockets=[self.socket]))
        while not self.started:
            if self.task.done():
                self.task.result()
            await asyncio.sleep(0.002)

    async def close(self) -> None:
        """Stop accepting, let running requests end, close; idle connections are not waited for."""
        self.should_exit = True
        deadline = time.monotonic() + CLOSE_SECONDS
        while self.server_state.tasks and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        self.force_exit = True
        if self.task:
            await self.task


def listen(port: int) -> socket.socket:
    """Return a listening socket on loopback: at ``port`` where that is free (a stand comes back where it
    was).

    The protocol is named on purpose: asyncio turns Nagle's algorithm (40 ms a response) off for such alone.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError:
        listening.bind(("127.0.0.1", 0))
    listening.listen(256)
    return listening
