"""Resources that were made for an engine that may have died before it wrote them down."""

from __future__ import annotations

import contextlib

import grpc

from local.provider.lifecycle import Made
from local.provider.proto import engine_pb2, engine_pb2_grpc
from local.provider.values import Props


class Register:
    """What was made and not spoken of since, by URN. A later request that names its id claims it.

    The real provider keeps no such register: there, what ``kill -9`` leaves behind has to be imported or
    removed by hand. Here a deployment can be tried again at once, which is what people do on one machine.
    """

    def __init__(self) -> None:
        self.entries: dict[str, tuple[Props, Made]] = {}

    def add(self, urn: str, inputs: Props, made: Made) -> None:
        """Remember what was made for a URN."""
        self.entries[urn] = inputs, made

    def claim(self, urn: str, identity: str) -> None:
        """Forget what the engine knows of."""
        if urn in self.entries and self.entries[urn][1].identity == identity:
            self.entries.pop(urn, None)

    def take(self, urn: str, inputs: Props) -> Made | None:
        """Hand out what was made for a URN and never claimed, where the program still declares the same."""
        declared, made = self.entries.pop(urn, (None, None))
        return made if declared == inputs else None


def warn(address: str | None, urn: str, message: str) -> None:
    """Show a warning at a resource; without an engine, or with one that is gone, nobody reads it."""
    if not address:
        return
    with contextlib.suppress(grpc.RpcError), grpc.insecure_channel(address) as channel:
        engine_pb2_grpc.EngineStub(channel).Log(
            engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn), timeout=5
        )
