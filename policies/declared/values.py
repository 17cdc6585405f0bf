"""Resource properties as plain values, with unknowns as a value of their own.

The SDK hands out mappings that raise when a value is not known during preview. A rule that lets that escape
passes silently, since the SDK turns it into a warning. So unknowns become ``UNKNOWN`` here, once, and every
rule has to say what it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, final

from pulumi_policy.proxy import UnknownValueError

__all__ = [
    "UNKNOWN",
    "Properties",
    "Unknown",
    "Value",
    "blocks",
    "count_unknown",
    "plain",
    "text",
    "unknown_within",
]


@final
class Unknown:
    """The type of ``UNKNOWN``: a value that the engine cannot know before the deployment."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false: compare with UNKNOWN first")


UNKNOWN: Final = Unknown()

Value: TypeAlias = object
Properties: TypeAlias = Mapping[str, Value]


def plain(properties: Mapping[str, object]) -> dict[str, Value]:
    """Return the properties as plain dicts and lists, unknown ones as ``UNKNOWN``, secrets as their value.

    Nulls are left out: to the engine a null property and a missing one are the same.
    """
    result: dict[str, Value] = {}
    for key in properties:
        try:
            value = _plain(properties[key])
        except UnknownValueError:
            value = UNKNOWN
        if value is not None:
            result[key] = value
    return result


def _plain(value: object) -> Value:
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_element(value, index) for index in range(len(value))]
    return value


def _element(values: Sequence[object], index: int) -> Value:
    try:
        return _plain(values[index])
    except UnknownValueError:
        return UNKNOWN


def unknown_within(value: Value) -> bool:
    """Whether the value, or anything inside it, is unknown."""
    return count_unknown(value) > 0


def count_unknown(value: Value) -> int:
    """Return how many unknown values there are in the value, itself included."""
    if isinstance(value, Mapping):
        return sum(map(count_unknown, value.values()))
    if isinstance(value, list):
        return sum(map(count_unknown, value))
    return int(value is UNKNOWN)


def text(value: Value) -> str | None:
    """Return the value when it is a known string, else None."""
    return value if isinstance(value, str) else None


def blocks(value: Value) -> Iterator[Properties | Unknown]:
    """Yield the nested blocks of a property that providers write as one block or as a list of them."""
    for item in value if isinstance(value, list) else [value]:
        if item is UNKNOWN or isinstance(item, Mapping):
            yield item if isinstance(item, Mapping) else UNKNOWN
        elif item is not None:
            yield UNKNOWN
