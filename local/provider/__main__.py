"""``python -m local.provider [PORT]``: prints its port, serves until SIGTERM, SIGINT or its parent's end."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc

from local.provider.proto import provider_pb2_grpc
from local.provider.servicer import AwsProvider

LARGEST_MESSAGE = 400 * 1024 * 1024
"""Bytes; the engine's own limit."""

PARENT_SECONDS = 1.0
ENDING = (signal.SIGTERM, signal.SIGINT)


def serve(wanted: int = 0) -> tuple[grpc.Server, int]:
    """Return a started server, and its port on loopback: the one that is wanted, where it is free."""
    options = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", -1)]
    options.append(("grpc.so_reuseport", 0))  # never share a port with another checkout's provider
    server = grpc.server(ThreadPoolExecutor(max_workers=32), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(), server)
    try:
        port = server.add_insecure_port(f"127.0.0.1:{wanted}")
    except RuntimeError:  # somebody has it by now
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main() -> int:
    """Serve; gives the exit code."""
    parent = os.getppid()
    server, port = serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    with contextlib.suppress(Ended):
        for number in ENDING:
            signal.signal(number, end)
        print(port, flush=True)
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        ignore_signals()  # the kernel reports the parent's end as well
    server.stop(grace=2).wait()
    return 0


class Ended(BaseException):
    """A signal says that it is time to end."""


def end(*_: object) -> None:
    """Leave the loop of `main`, once. No lock is asked for: the signal may come while it is held."""
    ignore_signals()
    raise Ended


def ignore_signals() -> None:
    """From now on nothing interrupts how it ends."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
