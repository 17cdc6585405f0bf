"""Plays Pulumi's download servers on loopback: an HTTPS proxy that answers for every host itself."""

from __future__ import annotations

import io
import socket
import ssl
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

SCRIPT = """#!/bin/sh
set -e
while [ $# -gt 0 ]; do
  case "$1" in
    --install-root) root=$2; shift;;
    --version) version=$2; shift;;
  esac
  shift
done
archive=$(mktemp) folder=$(mktemp -d)
curl --fail --location --silent --show-error -o "$archive" "https://releases.invalid/pulumi-v$version.tar.gz"
tar xzf "$archive" -C "$folder"
mkdir -p "$root/bin"
cp -r "$folder/pulumi/." "$root/bin/"
"""
"""What the official script does: fetch the release with curl, unpack it, copy it below the root."""


def release(version: str = "v3.259.0", *names: str) -> bytes:
    """Return a release archive with a ``pulumi`` that says ``version``, and with ``names`` next to it."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        for name in ("pulumi", *names):
            content = f"#!/bin/sh\necho {version}\n".encode()
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size, member.mode = len(content), 0o755
            packed.addfile(member, io.BytesIO(content))
    return archive.getvalue()


@dataclass(frozen=True, slots=True)
class Answer:
    """How the server answers one request."""

    body: bytes = b""
    status: str = "200 OK"
    sent: float = 1.0
    """The part of the body that is sent before the connection ends, or stalls."""

    pause: float = 0.0
    """Seconds between the tenths of the body."""

    stalls: bool = False
    """Whether nothing more comes, on a connection that stays open."""


@dataclass(frozen=True, slots=True)
class Installer:
    """A running server: ``asked`` has the path of every request that reached it."""

    port: int
    authority: bytes
    asked: list[str] = field(default_factory=list)

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the variables that lead Python's urllib and curl here, and make them trust it."""
        trusted = folder / "authority.pem"
        trusted.write_bytes(self.authority)
        proxy = f"http://127.0.0.1:{self.port}"
        names = ("https_proxy", "HTTPS_PROXY")
        return {**dict.fromkeys(names, proxy), "SSL_CERT_FILE": str(trusted), "CURL_CA_BUNDLE": str(trusted)}


@contextmanager
def serve(script: Answer, archive: Answer) -> Iterator[Installer]:
    """Answer on loopback until the block ends; the path says whether the script or the archive is wanted."""
    authority = trustme.CA()
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        installer = Installer(listening.getsockname()[1], authority.cert_pem.bytes())

        def accept() -> None:
            while True:
                connection, _ = listening.accept()
                if over.is_set():
                    connection.close()
                    return
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

        def handle(connection: socket.socket) -> None:
            with suppress(OSError, ssl.SSLError), connection:
                host = head(connection).split()[1].rpartition(":")[0]
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                authority.issue_cert(host).configure_cert(context)
                with context.wrap_socket(connection, server_side=True) as secure:
                    path = head(secure).split()[1]
                    installer.asked.append(path)
                    respond(secure, archive if path.endswith(".tar.gz") else script, over)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield installer
        finally:
            over.set()
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", installer.port)).close()
            thread.join()


def head(connection: socket.socket) -> str:
    """Read a request's head."""
    said = b""
    while b"\r\n\r\n" not in said:
        more = connection.recv(4096)
        if not more:
            raise ConnectionError("closed in the middle of a request")
        said += more
    return said.decode()


def respond(connection: socket.socket, answer: Answer, over: threading.Event) -> None:
    """Send the answer as far as it goes."""
    if answer.sent > 0:
        start = f"HTTP/1.1 {answer.status}\r\nContent-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(start.encode())
        body = answer.body[: int(len(answer.body) * answer.sent)]
        step = max(1, len(body) // 10)
        for place in range(0, len(body), step):
            connection.sendall(body[place : place + step])
            time.sleep(answer.pause)
    if answer.stalls:
        over.wait(60)
