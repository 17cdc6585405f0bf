"""``python -m local.provider [PORT]``: prints its port, serves until SIGTERM, SIGINT or its parent's end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local.provider.servicer import AwsProvider

LARGEST_MESSAGE = 400 * 1024 * 1024
"""Bytes; the engine's own limit."""

PARENT_SECONDS = 1.0


def serve(wanted: int = 0) -> tuple[grpc.Server, int]:
    """A started server, and its port on loopback: the one that is wanted, where it is free."""
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
    parent, ended = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server, port = serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(port, flush=True)
    while not ended.wait(PARENT_SECONDS):
        if os.getppid() != parent:
            break
    server.stop(grace=2).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
