"""The engine's side of a program, in-process: what it registered, with what properties and after what."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi.runtime import mocks, rpc, settings, stack, sync_await

ACCOUNT: Final = "123456789012"
REGION: Final = "ap-northeast-1"
ENDPOINT: Final = "vpce-0a1b2c3d4e5f67890"

ANSWERS: Final[Mapping[str, dict[str, Any]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/admin",
        "id": ACCOUNT,
        "userId": "AIDAEXAMPLE",
    },
    "aws:index/getPartition:getPartition": {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"},
    "aws:index/getRegion:getRegion": {"region": REGION, "id": REGION, "name": REGION},
}


@dataclass(frozen=True)
class Declared:
    """One resource as the program registered it."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    after: frozenset[str]
    deleted_with: str
    retained: bool
    protect: bool
    imported: str
    secrets: frozenset[str]


@dataclass
class Program:
    """Everything that a program registered; the order is as accidental as the engine lets it be."""

    resources: list[Declared] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def one(self, kind: str, name: str | None = None) -> Declared:
        """The only resource whose type ends in ``:kind``, and where it is given, of that name."""
        found = [each for each in self.all(kind) if name is None or each.name == name]
        assert len(found) == 1, f"{len(found)} of {kind}: {[each.name for each in self.all(kind)]}"
        return found[0]

    def all(self, kind: str) -> list[Declared]:
        """Every resource whose type ends in ``:kind``."""
        return [each for each in self.resources if each.type.rsplit(":", 1)[1] == kind]

    def comes_after(self, later: Declared, earlier: Declared) -> bool:
        """Whether the engine finishes ``earlier`` before it begins ``later`` (and destroys in reverse)."""
        by_urn = {each.urn: each for each in self.resources}
        seen: set[str] = set()
        waiting = [later.urn]
        while waiting:
            urn = waiting.pop()
            if urn == earlier.urn:
                return later.urn != earlier.urn
            if urn not in seen and urn in by_urn:
                seen.add(urn)
                waiting.extend(by_urn[urn].after)
        return False


class _Answers(mocks.Mocks):
    """What AWS would answer: inputs as they came, and the outputs that AWS chooses unless it is a preview."""

    def __init__(self, preview: bool) -> None:
        self._preview = preview

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return ANSWERS[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        state = dict(args.inputs)
        if self._preview:
            return None, state
        chosen = {"arn": f"arn:aws:x:::{args.name}", "region": REGION, "keyId": f"key-{args.name}"}
        if args.typ.endswith(":AccessKey"):
            chosen["secret"] = f"secret-of-{args.name}"
        if args.typ.endswith(":Bucket"):
            chosen["arn"] = f"arn:aws:s3:::{state['bucket']}"
        identity = ENDPOINT if args.typ.endswith(":VpcEndpoint") else f"id-of-{args.name}"
        return identity, {**chosen, **state}


class _Monitor(mocks.MockMonitor):
    """The mock monitor, which also records what it was given."""

    def __init__(self, answers: _Answers, program: Program) -> None:
        super().__init__(answers)
        self._program = program

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, the SDK's name
        answer: Any = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self._program.resources.append(
                Declared(
                    urn=answer.urn,
                    type=request.type,
                    name=request.name,
                    inputs=rpc.deserialize_properties(request.object),
                    after=frozenset(request.dependencies),
                    deleted_with=request.deletedWith,
                    retained=request.retainOnDelete,
                    protect=request.protect,
                    imported=request.importId,
                    secrets=frozenset(request.additionalSecretOutputs),
                )
            )
        return answer


class _Log(logging.Handler):
    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program

    def emit(self, record: logging.LogRecord) -> None:
        self._program.messages.append(record.getMessage())


def run(
    program: Callable[[], object],
    *,
    preview: bool = False,
    config: Mapping[str, str] | None = None,
    messages: list[str] | None = None,
) -> Program:
    """Run a program against the mock engine until everything it declared is registered.

    What the program said is in ``messages``, for when it ends with an error.
    """
    loop = asyncio.new_event_loop()  # the SDK asks for the current one, which from Python 3.14 on is not made
    asyncio.set_event_loop(loop)
    try:
        return run_in_loop(program, preview=preview, config=config, messages=messages)
    finally:
        while left := asyncio.all_tasks(loop):  # of a program that ended with an error
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        asyncio.set_event_loop(None)
        loop.close()


def run_in_loop(
    program: Callable[[], object],
    *,
    preview: bool,
    config: Mapping[str, str] | None,
    messages: list[str] | None,
) -> Program:
    """What `run` does, in the current event loop."""
    record = Program(messages=[] if messages is None else messages)
    logger = logging.Logger("engine", logging.INFO)
    logger.addHandler(_Log(record))
    answers = _Answers(preview)
    settings.reset_options()
    mocks.set_mocks(
        answers,
        project="s3-perimeter",
        stack="test",
        preview=preview,
        logger=logger,
        monitor=_Monitor(answers, record),
    )
    pulumi.runtime.set_all_config(dict(config or {}))

    def body() -> Awaitable[None] | None:
        answer = program()
        return answer if inspect.isawaitable(answer) else None

    sync_await._sync_await(stack.run_pulumi_func(body))
    return record
