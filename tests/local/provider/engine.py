"""A client that plays the engine: it keeps state, asks for diffs, and acts on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from local.provider.values import decode, encode, reveal

Props = dict[str, Any]
DIFF = provider_pb2.PropertyDiff


class CheckFailedError(Exception):
    """The provider does not accept the inputs; ``failures`` has the reasons by property."""

    def __init__(self, failures: Mapping[str, str]) -> None:
        super().__init__(str(failures))
        self.failures = failures


class FailedError(Exception):
    """An operation failed; ``partial`` is the resource's id where it exists all the same."""

    def __init__(self, error: grpc.RpcError) -> None:
        super().__init__(error.details())
        self.partial: provider_pb2.ErrorResourceInitFailed | None = None
        for name, value in error.trailing_metadata() or ():
            if name == "grpc-status-details-bin":
                status = status_pb2.Status.FromString(value)
                self.partial = provider_pb2.ErrorResourceInitFailed()
                status.details[0].Unpack(self.partial)


@dataclass
class State:
    """A resource as the engine's state file has it; secrets are still wrapped."""

    identity: str
    inputs: Props
    outputs: Props


@dataclass
class Change:
    """What the provider says of a difference."""

    paths: dict[str, str] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_first: bool = False


class Engine:
    """One stack on one provider process."""

    def __init__(self, port: int, config: Props | None = None, stack: str = "test") -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)])
        self.provider = provider_pb2_grpc.ResourceProviderStub(self.channel)
        self.stack = stack
        self.seed = 0
        self.states: dict[tuple[str, str], State] = {}
        answer = self.provider.Configure(
            provider_pb2.ConfigureRequest(args=encode(config or {}), acceptSecrets=True)
        )
        assert answer.acceptSecrets
        assert answer.supportsPreview

    def urn(self, token: str, name: str) -> str:
        """The resource's URN."""
        return f"urn:pulumi:{self.stack}::project::{token}::{name}"

    def ask(self, method: str, request: Any) -> Any:
        """Call the provider. Raises FailedError."""
        try:
            return getattr(self.provider, method)(request, timeout=60)
        except grpc.RpcError as error:
            raise FailedError(error) from error

    def check(self, token: str, name: str, news: Props, **more: Any) -> Props:
        """Checked inputs, wrapped. Raises CheckFailedError."""
        old = self.states.get((token, name))
        self.seed += 1
        answer = self.ask(
            "Check",
            provider_pb2.CheckRequest(
                urn=self.urn(token, name),
                name=name,
                type=token,
                olds=encode(old.inputs if old else {}),
                news=encode(news),
                randomSeed=f"{self.stack}{token}{name}{self.seed}".encode(),
                **more,
            ),
        )
        if answer.failures:
            raise CheckFailedError({failure.property: failure.reason for failure in answer.failures})
        return decode(answer.inputs)

    def diff(self, token: str, name: str, news: Props) -> Change:
        """What would change; no paths for nothing."""
        state, inputs = self.states[token, name], self.check(token, name, news)
        answer = self.ask(
            "Diff",
            provider_pb2.DiffRequest(
                id=state.identity,
                urn=self.urn(token, name),
                olds=encode(state.outputs),
                old_inputs=encode(state.inputs),
                news=encode(inputs),
            ),
        )
        assert (answer.changes == answer.DIFF_SOME) == bool(answer.detailedDiff)
        kinds = {path: DIFF.Kind.Name(each.kind).lower() for path, each in answer.detailedDiff.items()}
        return Change(kinds, list(answer.replaces), answer.deleteBeforeReplace)

    def preview(self, token: str, name: str, news: Props) -> Props:
        """The outputs that a preview shows."""
        state = self.states.get((token, name))
        inputs = self.check(token, name, news)
        if state is None:
            request = provider_pb2.CreateRequest(
                urn=self.urn(token, name), properties=encode(inputs), preview=True
            )
            return decode(self.ask("Create", request).properties)
        update = provider_pb2.UpdateRequest(
            id=state.identity,
            urn=self.urn(token, name),
            olds=encode(state.outputs),
            old_inputs=encode(state.inputs),
            news=encode(inputs),
            preview=True,
        )
        return decode(self.ask("Update", update).properties)

    def up(self, token: str, name: str, news: Props) -> tuple[str, Props]:
        """Do what has to be done; gives the operation and the revealed outputs."""
        if (token, name) not in self.states:
            return "create", self.create(token, name, news)
        change = self.diff(token, name, news)
        if not change.paths:
            return "same", reveal(self.states[token, name].outputs)
        if change.replaces:
            old = self.states[token, name]
            if change.delete_first:
                self.delete(token, name)
                return "replace", self.create(token, name, news)
            made = self.create(token, name, news)
            new, self.states[token, name] = self.states[token, name], old
            self.delete(token, name)
            self.states[token, name] = new
            return "replace", made
        return "update", self.update(token, name, news)

    def create(self, token: str, name: str, news: Props) -> Props:
        """Create it; gives the revealed outputs."""
        inputs = self.check(token, name, news)
        answer = self.ask(
            "Create", provider_pb2.CreateRequest(urn=self.urn(token, name), properties=encode(inputs))
        )
        self.states[token, name] = State(answer.id, inputs, decode(answer.properties))
        return reveal_props(self.states[token, name].outputs)

    def update(self, token: str, name: str, news: Props) -> Props:
        """Update it; gives the revealed outputs."""
        state, inputs = self.states[token, name], self.check(token, name, news)
        answer = self.ask(
            "Update",
            provider_pb2.UpdateRequest(
                id=state.identity,
                urn=self.urn(token, name),
                olds=encode(state.outputs),
                old_inputs=encode(state.inputs),
                news=encode(inputs),
            ),
        )
        self.states[token, name] = State(state.identity, inputs, decode(answer.properties))
        return reveal_props(self.states[token, name].outputs)

    def refresh(self, token: str, name: str) -> Props | None:
        """Read it into state; gives the revealed outputs, None where it is gone."""
        state = self.states[token, name]
        answer = self.ask(
            "Read",
            provider_pb2.ReadRequest(
                id=state.identity,
                urn=self.urn(token, name),
                properties=encode(state.outputs),
                inputs=encode(state.inputs),
            ),
        )
        if not answer.id:
            return None
        self.states[token, name] = State(answer.id, decode(answer.inputs), decode(answer.properties))
        return reveal_props(self.states[token, name].outputs)

    def read(self, token: str, name: str, identity: str) -> State | None:
        """Read it by id, as an import does; None where there is none."""
        answer = self.ask("Read", provider_pb2.ReadRequest(id=identity, urn=self.urn(token, name)))
        if not answer.id:
            return None
        return State(answer.id, decode(answer.inputs), decode(answer.properties))

    def delete(self, token: str, name: str) -> None:
        """Delete it and forget it."""
        state = self.states[token, name]
        self.ask(
            "Delete",
            provider_pb2.DeleteRequest(
                id=state.identity,
                urn=self.urn(token, name),
                properties=encode(state.outputs),
                old_inputs=encode(state.inputs),
            ),
        )
        del self.states[token, name]

    def invoke(self, token: str, arguments: Props | None = None) -> Props:
        """Call a function of the package."""
        answer = self.ask("Invoke", provider_pb2.InvokeRequest(tok=token, args=encode(arguments or {})))
        return decode(getattr(answer, "return"))


def reveal_props(outputs: Props) -> Props:
    """Outputs without secret wrappers."""
    return {key: reveal(value) for key, value in outputs.items()}
