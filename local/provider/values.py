"""Property values as the engine sends them: unknown values, secrets and assets as well as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

Props = dict[str, Any]
"""Property values by Pulumi name. What may stand in one is what its ``Property`` says."""

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a signature of the wire format)
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
DEFAULTS: Final = "__defaults"
"""The key under which checked inputs list what was filled in; the real provider writes it too."""


class Unknown:
    """A value that a preview cannot know. There is one: ``UNKNOWN``."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that the engine encrypts in state and hides in output."""

    value: Any


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or a text that an object's content is taken from; ``hash`` distinguishes it from others."""

    wire: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """SHA-256 of the content, as the engine computed it."""
        return str(self.wire.get("hash", ""))


def decode(struct: struct_pb2.Struct) -> Props:
    """Return the properties of a message."""
    return {name: from_wire(value) for name, value in struct.fields.items()}


def from_wire(value: struct_pb2.Value) -> Any:
    """Return one value of a message; a whole number is an int."""
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == UNKNOWN_TEXT else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [from_wire(item) for item in value.list_value.values]
        case "struct_value":
            return special(decode(value.struct_value))
    return None


def special(fields: Props) -> Any:
    """Return what an object with the engine's signature stands for; other objects are as they are."""
    match fields.get(SIGNATURE):
        case value if value == SECRET:
            return Secret(fields.get("value"))
        case value if value in (ASSET, ARCHIVE):
            return Asset(fields)
        case value if value == RESOURCE:
            return fields.get("id") or fields.get("urn")
        case value if value == OUTPUT:
            known = fields.get("value", UNKNOWN)
            return Secret(known) if fields.get("secret") else known
    return fields


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return a message of these properties; those that are None are left out."""
    return struct_pb2.Struct(
        fields={name: to_wire(value) for name, value in properties.items() if value is not None}
    )


def to_wire(value: Any) -> struct_pb2.Value:
    """Return one value for a message."""
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case Unknown():
            return struct_pb2.Value(string_value=UNKNOWN_TEXT)
        case Secret():
            return to_wire({SIGNATURE: SECRET, "value": value.value})
        case Asset():
            return to_wire(dict(value.wire))
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case Mapping():
            return struct_pb2.Value(struct_value=encode(value))
        case list() | tuple():
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[to_wire(item) for item in value]))
    raise TypeError(f"no property value: {value!r}")


def reveal(value: Any) -> Any:
    """Return the value without its secret wrappers and without the lists of defaults."""
    match value:
        case Secret():
            return reveal(value.value)
        case Mapping():
            return {name: reveal(item) for name, item in value.items() if name != DEFAULTS}
        case list():
            return [reveal(item) for item in value]
    return value


def conceal(value: Any, like: Any) -> Any:
    """Return the value, secret wherever ``like`` is secret at the same place."""
    match value, like:
        case (None, _):
            return None
        case (_, Secret()):
            return Secret(reveal(value))
        case (Mapping(), Mapping()):
            return {name: conceal(item, like.get(name)) for name, item in value.items()}
        case (list(), list()):
            if len(value) != len(like) and contains(like, Secret):
                return Secret(value)
            return [conceal(item, old) for item, old in zip(value, like, strict=False)] + value[len(like) :]
    return value


def contains(value: Any, kind: type[Secret] | type[Unknown]) -> bool:
    """Whether a secret, or an unknown value, stands anywhere in the value."""
    match value:
        case _ if isinstance(value, kind):
            return True
        case Secret():
            return contains(value.value, kind)
        case Mapping():
            return any(contains(item, kind) for item in value.values())
        case list():
            return any(contains(item, kind) for item in value)
    return False
