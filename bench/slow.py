"""A proxy that makes an endpoint slow."""

from __future__ import annotations

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import urllib3


class _Server(ThreadingHTTPServer):
    """Takes as many connections at a time as come: five, the default, make the sixth ask again after 1 s."""

    request_queue_size = 256
    daemon_threads = True


class Slow:
    """A proxy in front of an endpoint that waits before every answer."""

    def __init__(self, target: str, authority: Path, delay: float) -> None:
        # As many connections are kept: a new one for each request would be the slowest part of its answer.
        pool = urllib3.PoolManager(maxsize=64, ca_certs=str(authority), retries=False)
        # Requests are signed for the host that they name, so the name is passed on as it is.

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = (
                True  # else the kernel holds a body back for 40 ms more, behind its headers
            )

            def pass_on(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                time.sleep(delay)
                answer = pool.request(
                    self.command, target + self.path, body=body, headers=dict(self.headers.items())
                )
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.data)))
                self.end_headers()
                self.wfile.write(answer.data)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815  (the class's own names)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(authority.parent / "server.pem")
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Slow:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
