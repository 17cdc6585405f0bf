"""Messages to the user through the engine that the provider is attached to."""

from __future__ import annotations

import contextlib

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


def warn(address: str | None, urn: str, message: str) -> None:
    """Show a warning beside a resource; without an engine, or with one that is gone, nobody reads it."""
    if not address:
        return
    with contextlib.suppress(grpc.RpcError), grpc.insecure_channel(address) as channel:
        engine_pb2_grpc.EngineStub(channel).Log(
            engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn), timeout=5
        )
