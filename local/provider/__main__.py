"""``python -m local.provider``: prints its port and serves until SIGTERM, SIGINT or its parent's death."""

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


def serve() -> tuple[grpc.Server, int]:
    """A started server, and its port on loopback."""
    options = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(max_workers=32), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main() -> int:
    """Serve; gives the exit code."""
    parent, ended = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server, port = serve()
    print(port, flush=True)
    while not ended.wait(PARENT_SECONDS):
        if os.getppid() != parent:
            break
    server.stop(grace=2).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
