"""A stack's exported state (`pulumi stack export`), read into resources; secrets stay closed.

A secret is replaced by `SECRET` as soon as it is met, in plain text or as ciphertext, so nothing further
in has one to print.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
# The provider once kept a second name for these types; both mean the same.
_SECOND_NAME: Final = re.compile(r"V2$")


class _Secret:
    def __repr__(self) -> str:
        return "[secret]"


SECRET: Final = _Secret()


class StateError(ValueError):
    """The document is no exported stack state; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the state: `kind` is the type's middle, as `s3/bucketPolicy`."""

    urn: str
    kind: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str | None = None

    def get(self, name: str) -> Any:
        """The property as the program gave it, else as the provider returned it, else None."""
        given = self.inputs.get(name)
        return self.outputs.get(name) if given is None else given

    def text(self, name: str) -> str | None:
        """The property where it is a string with something in it."""
        value = self.get(name)
        return value if isinstance(value, str) and value else None


@dataclass(frozen=True, slots=True)
class State:
    """The resources of one stack, and the outputs it exports."""

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    deployed: bool = True

    def of(self, kind: str) -> Iterator[Resource]:
        """The resources of one kind, in the state's order."""
        return (resource for resource in self.resources if resource.kind == kind)


def parse_state(document: str | bytes | Mapping[str, Any], *, name: str = "state") -> State:
    """Read an exported state; raises StateError where it is not one."""
    if isinstance(document, str | bytes):
        try:
            document = json.loads(document)
        except ValueError as error:
            raise StateError(f"{name} is not JSON: {error}") from error
    deployment = document.get("deployment") if isinstance(document, Mapping) else None
    if not isinstance(deployment, Mapping):
        raise StateError(
            f"{name} has no `deployment`\n\nhint: write it with `pulumi stack export --file {name}`"
        )
    project = stack = ""
    outputs: Mapping[str, Any] = {}
    found: list[Resource] = []
    for entry in deployment.get("resources") or ():
        urn = str(entry.get("urn", ""))
        parts = urn.split("::")
        if len(parts) >= 4 and not project:
            stack, project = parts[0].rpartition(":")[2], parts[1]
        if entry.get("delete"):  # replaced already, its deletion is still pending
            continue
        if entry.get("type") == "pulumi:pulumi:Stack":
            outputs = _open(entry.get("outputs") or {})
        found.append(
            Resource(
                urn=urn,
                kind=_kind(str(entry.get("type", ""))),
                id=str(entry.get("id", "")),
                inputs=_open(entry.get("inputs") or {}),
                outputs=_open(entry.get("outputs") or {}),
                parent=entry.get("parent"),
            )
        )
    return State(project, stack, tuple(found), outputs, bool(found))


def _kind(token: str) -> str:
    package, _, rest = token.partition(":")
    middle = rest.rpartition(":")[0]
    if package != "aws":
        return token
    return _SECOND_NAME.sub("", middle)


def _open(value: Any) -> Any:
    """The value with secrets replaced and output wrappers taken off."""
    if isinstance(value, dict):
        match value.get(_SIGNATURE):
            case str(mark) if mark == _MARK:
                return SECRET
            case str(mark) if mark == _OUTPUT:
                return SECRET if value.get("secret") else _open(value.get("value"))
        return {key: _open(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_open(item) for item in value]
    return value
