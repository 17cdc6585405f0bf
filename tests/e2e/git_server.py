"""A git server over HTTPS on loopback that stands in for any host: clients reach it as their proxy."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


@contextmanager
def serving(repositories: Path, host: str, own: Path) -> Iterator[dict[str, str]]:
    """Serve the bare repositories below a folder as ``host``; gives the environment for clients."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    authority.cert_pem.write_to_path(own / "authority.pem")

    class Git(BaseHTTPRequestHandler):
        """Answers CONNECT itself, then what comes through it with git's own CGI program."""

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_CONNECT(self) -> None:
            """Take the place of the host that is asked for."""
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb")
            self.close_connection = False

        def do_GET(self) -> None:
            """Answer by ``git http-backend``, one request a connection."""
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = subprocess.run(
                ["git", "http-backend"],
                input=body,
                capture_output=True,
                check=True,
                env={
                    **os.environ,
                    "GIT_PROJECT_ROOT": str(repositories),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "REQUEST_METHOD": self.command,
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "CONTENT_TYPE": self.headers.get("Content-Type") or "",
                    "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                    "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
                },
            ).stdout
            head, _, content = answer.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

        def do_POST(self) -> None:
            """Answer likewise."""
            self.do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Git) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {
                "HTTPS_PROXY": f"http://127.0.0.1:{server.server_port}",
                "NO_PROXY": "127.0.0.1,localhost,::1",
                "SSL_CERT_FILE": str(own / "authority.pem"),
            }
        finally:
            server.shutdown()
