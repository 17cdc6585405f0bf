"""A stack's exported state (`pulumi stack export`), read into resources; secrets stay closed.

A secret is replaced by `SECRET` as soon as it is met, in plain text or as ciphertext, so nothing further
in has one to print. Only a command that hands out a secret has those opened that the CLI decrypted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from s3_perimeter.errors import PerimeterError
from s3_perimeter.stack.block import SECRET, Block, ShapeError, shown

__all__ = ["SECRET", "Block", "Resource", "ShapeError", "State", "StateError", "parse_state", "type_of"]

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
# The provider once kept a second name for these types; both mean the same.
_SECOND_NAME: Final = re.compile(r"V2$")
# The schema versions of a deployment that Pulumi defines; 4 is 3 with a list of features.
_VERSIONS: Final = range(1, 5)
# What a deployment of version 4 may say that it needs, as Pulumi's engine names it.
_FEATURES: Final = frozenset(
    {"hooks", "refreshBeforeUpdate", "replaceWith", "replacementTrigger", "snippets", "taint", "views"}
)
_TORN: Final = (
    "\n\nhint: the file is damaged or was edited; write it again with `pulumi stack export --file FILE`"
)


class StateError(PerimeterError):
    """The document is no exported stack state; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the state: `kind` is the type's middle, as `s3/bucketPolicy`.

    `type` is the whole type, `provider` the reference to the provider instance that made it. `external`
    resources were only looked up by the program.
    """

    urn: str
    kind: str
    id: str
    inputs: Mapping[str, Any] = field(repr=False)
    outputs: Mapping[str, Any] = field(repr=False)
    parent: str | None = None
    type: str = ""
    provider: str = ""
    external: bool = False

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return self.urn.rpartition("::")[2]

    @property
    def given(self) -> Block:
        """The properties as the program gave them."""
        return Block(self.urn or self.kind, self.inputs)

    @property
    def properties(self) -> Block:
        """The properties as the program gave them, and for the rest as the provider returned them."""
        given = {name: value for name, value in self.inputs.items() if value is not None}
        return Block(self.urn or self.kind, {**self.outputs, **given})

    def get(self, name: str) -> Any:
        """Return the property as the program gave it, else as the provider returned it, else None."""
        given = self.inputs.get(name)
        return self.outputs.get(name) if given is None else given

    def text(self, name: str) -> str | None:
        """Return the property where it is a string with something in it; None whatever else stands there."""
        value = self.get(name)
        return value if isinstance(value, str) and value else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the strings of the property where it is a list."""
        value = self.get(name)
        return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class State:
    """The resources of one stack, and the outputs it exports.

    `pending` are the operations that an interrupted update left behind, such as `creating URN`.
    """

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    deployed: bool = True
    pending: tuple[str, ...] = ()
    asked: str = ""
    """The name that the stack was asked for by, such as `org/project/dev`; empty for a file."""

    def of(self, kind: str) -> Iterator[Resource]:
        """Return the resources of one kind, in the state's order."""
        return (resource for resource in self.resources if resource.kind == kind)


def type_of(urn: str) -> str:
    """Return the type of the resource that a URN names."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def parse_state(
    document: str | bytes | Mapping[str, Any], *, name: str = "state", secrets: bool = False
) -> State:
    """Read an exported state; `secrets` opens those that the CLI decrypted. Raises StateError where it is no
    state.
    """
    try:
        if isinstance(document, str | bytes):
            document = json.loads(document)
        return _read(document, name, secrets)
    except RecursionError as error:
        raise StateError(f"{name} is nested deeper than any state of Pulumi") from error
    except StateError:
        raise
    except ValueError as error:
        raise StateError(f"{name} is not JSON: {error}") from error


def _read(document: Any, name: str, secrets: bool) -> State:
    """Return the state in a document. Raises StateError."""
    deployment = document.get("deployment") if isinstance(document, Mapping) else None
    if not isinstance(deployment, Mapping):
        raise StateError(f"{name} has no `deployment`\n\nhint: write it with `pulumi stack export`")
    project = stack = ""
    outputs: Mapping[str, Any] = {}
    found: list[Resource] = []
    for number, entry in enumerate(_list(deployment.get("resources"), name)):
        fields = _Fields(entry, f"{name}, resource {number}")
        urn = fields.text("urn")
        parts = urn.split("::")
        if len(parts) >= 4 and not project:
            stack, project = parts[0].rpartition(":")[2], parts[1]
        if fields.entry.get("delete"):  # replaced already, its deletion is still pending
            continue
        resource = Resource(
            urn=urn,
            kind=_kind(fields.text("type")),
            id=fields.text("id"),
            inputs=_open(fields.mapping("inputs"), secrets),
            outputs=_open(fields.mapping("outputs"), secrets),
            parent=fields.text("parent") or None,
            type=fields.text("type"),
            provider=fields.text("provider"),
            external=fields.entry.get("external") is True,
        )
        if resource.kind == "pulumi:pulumi:Stack":
            outputs = resource.outputs
        found.append(resource)
    _known(document.get("version"), name)
    strange = [
        each for each in _list(document.get("features"), name, "features") if str(each) not in _FEATURES
    ]
    if strange:
        raise StateError(
            f"{name} needs {', '.join(map(str, strange))}, which this version of s3-perimeter does not "
            "support\n\n"
            "hint: update s3-perimeter, which may know it by now"
        )
    pending = tuple(_pending(deployment.get("pending_operations"), name))
    return State(project, stack, tuple(found), outputs, bool(found), pending)


def _known(version: object, name: str) -> None:
    """Refuse a schema that nobody defined, as Pulumi itself does. Raises StateError."""
    number = version if isinstance(version, int) and not isinstance(version, bool) else 0
    newest = _VERSIONS[-1]
    if number > newest:
        raise StateError(
            f"{name} has schema version {number}; this version of s3-perimeter supports versions up to "
            f"{newest}\n\n"
            "hint: update s3-perimeter, which may know it by now"
        )
    if number not in _VERSIONS:
        raise StateError(f"{name} has no schema `version` that Pulumi ever defined{_TORN}")


def _pending(listed: Any, name: str) -> Iterator[str]:
    """Yield what an interrupted update left undone, a line an operation."""
    for number, entry in enumerate(_list(listed, name, "pending_operations")):
        fields = _Fields(entry, f"{name}, pending operation {number}")
        resource = _Fields(fields.mapping("resource"), fields.where)
        yield f"{fields.text('type') or 'changing'} {resource.text('urn')}"


def _list(value: Any, name: str, what: str = "resources") -> list[Any]:
    if value is None or isinstance(value, list):
        return value or []
    raise StateError(f"{name}: `{what}` is not a list, but {shown(value)}{_TORN}")


class _Fields:
    """One entry of the state's resources, whose fields are what Pulumi writes, else StateError."""

    def __init__(self, entry: Any, where: str) -> None:
        self.where = where
        if not isinstance(entry, dict):
            raise StateError(f"{where} is not an object, but {shown(entry)}{_TORN}")
        self.entry: dict[str, Any] = entry

    def text(self, field: str) -> str:
        """Return the field's text; empty where it is not there."""
        value = self.entry.get(field)
        if value is None or isinstance(value, str):
            return value or ""
        raise StateError(f"{self.where}: `{field}` is not a string, but {shown(value)}{_TORN}")

    def mapping(self, field: str) -> dict[str, Any]:
        """Return the field's object without secrets in the whole; empty where it is not there."""
        value = self.entry.get(field)
        if value is None or (isinstance(value, dict) and _SIGNATURE not in value):
            return value or {}
        raise StateError(f"{self.where}: `{field}` is not an object, but {shown(value)}{_TORN}")


def _kind(token: str) -> str:
    package, _, rest = token.partition(":")
    middle = rest.rpartition(":")[0]
    if package != "aws":
        return token
    return _SECOND_NAME.sub("", middle)


def _open(value: Any, secrets: bool) -> Any:
    """Return the value with output wrappers taken off, and its secrets replaced or, where it is asked,
    opened.
    """
    if isinstance(value, dict):
        match value.get(_SIGNATURE):
            case str(mark) if mark == _MARK:
                return json.loads(value["plaintext"]) if secrets and "plaintext" in value else SECRET
            case str(mark) if mark == _OUTPUT:
                closed = value.get("secret") and not secrets
                return SECRET if closed else _open(value.get("value"), secrets)
        return {key: _open(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_open(item, secrets) for item in value]
    return value
