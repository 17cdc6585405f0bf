"""JSON values as nodes, and the way between them, decoded values and text.

Numbers are kept as written, and the members of an object in order, duplicates included: what a reader makes
of them is the reader's matter. A node knows its place where it was read with it (see `jsontext`). Everything
is bounded in size, depth and number of values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias, cast

__all__ = [
    "DEEPEST",
    "LARGEST",
    "MOST_VALUES",
    "Array",
    "Node",
    "Object",
    "Scalar",
    "Text",
    "TextError",
    "clipped",
    "kind_of",
    "listed",
    "place_of",
    "plain",
    "scalar_of",
    "sound",
    "visible",
    "wrap",
]

# A policy is at most six values deep and 20,480 bytes long; these bounds are wider and still end at once.
DEEPEST = 16
LARGEST = 1024 * 1024
MOST_VALUES = 20_480


class TextError(ValueError):
    """The text is not JSON, or past a bound; `at` is the offset of the character where that shows."""

    def __init__(self, problem: str, at: int | None) -> None:
        self.problem = problem
        self.at = at
        super().__init__(problem)


class Text(str):
    """A string that knows its place; one without is a plain `str`."""

    at: int


class Scalar(NamedTuple):
    """A number, boolean or null, as the text spells it; a boolean or null without a place is a plain one."""

    value: str
    at: int | None
    kind: str


class Array(list["Node"]):
    """A list of values that knows its place; one without is a plain `list`."""

    at: int


class Object:
    """An object's members in the order written, duplicates included, as pairs of name and value."""

    __slots__ = ("at", "members")

    def __init__(self, members: list[tuple[str, Node]], at: int | None = None) -> None:
        self.members = members
        self.at = at


Node: TypeAlias = "str | Scalar | bool | list[Node] | Object | None"

_NULL = Scalar("null", None, "null")
_BOOLEANS = {True: Scalar("true", None, "a boolean"), False: Scalar("false", None, "a boolean")}


def scalar_of(node: Node) -> Scalar | None:
    """Return a number, boolean or null; None for any other node."""
    if isinstance(node, Scalar):
        return node
    if isinstance(node, bool):
        return _BOOLEANS[node]
    return _NULL if node is None else None


def kind_of(node: Node) -> str:
    """Return what a node is, in words."""
    if isinstance(node, str):
        return "a string"
    scalar = scalar_of(node)
    if scalar:
        return scalar.kind
    return "an object" if isinstance(node, Object) else "a list"


def place_of(node: Node) -> int | None:
    """Return the offset of a node, None where it was read without."""
    return getattr(node, "at", None)


def clipped(text: str, longest: int = 60) -> str:
    """Return text short enough for a message, with what a terminal cannot show escaped."""
    return visible(text if len(text) <= longest else text[:longest] + "…")


def visible(text: str) -> str:
    """Return text in one line, with what a terminal cannot show, or would obey, escaped."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def listed(parts: Sequence[str], word: str = "and") -> str:
    """Return parts as a sentence lists them, with the word before the last."""
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def sound(content: str, at: int | None) -> None:
    """TextError where a string holds NUL or half a surrogate pair: no UTF-8 document carries them."""
    if content.isascii():
        if "\0" in content:
            raise TextError("this string holds the character NUL", at)
        return
    if "\0" in content:
        raise TextError("this string holds the character NUL", at)
    if any("\ud800" <= character <= "\udfff" for character in content):
        raise TextError("this string contains half a surrogate pair", at)


def wrap(value: object) -> Node:
    """Decoded JSON (mappings, lists, strings, numbers, booleans, None) as nodes without places.

    TextError where the value is none of these or past a bound: a list that contains itself ends here.
    """
    left = [MOST_VALUES]
    return _wrapped(value, 1, left)


def _wrapped(value: object, depth: int, left: list[int]) -> Node:
    left[0] -= 1
    if left[0] < 0:
        raise TextError(f"there are more than {MOST_VALUES:,} values", None)
    if depth > DEEPEST + 1:
        raise TextError(f"values are nested more than {DEEPEST} deep", None)
    if isinstance(value, str):
        sound(value, None)
        return value
    if isinstance(value, Mapping):
        return Object([(_name(name), _wrapped(item, depth + 1, left)) for name, item in value.items()])
    if isinstance(value, (list, tuple)):
        return [_wrapped(item, depth + 1, left) for item in value]
    return _literal(value)


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TextError(f"an object has a name that is not a string: {clipped(repr(name))}", None)
    sound(name, None)
    return name


def _literal(value: object) -> Node:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) >= 10**300:
            raise TextError("a number has more than 300 digits", None)
        return Scalar(str(int(value)), None, "a number")
    if isinstance(value, float):
        if not -float("inf") < value < float("inf"):
            raise TextError(f"{value} is not a number that JSON can carry", None)
        return Scalar(repr(float(value)), None, "a number")
    raise TextError(f"JSON has no {type(value).__name__}", None)


def plain(node: Node) -> str:
    """Return the node as JSON text without white space."""
    if isinstance(node, str):
        return _quoted(node)
    if isinstance(node, Object):
        return "{" + ",".join(f"{_quoted(name)}:{plain(value)}" for name, value in node.members) + "}"
    scalar = scalar_of(node)
    if scalar:
        return scalar.value
    return "[" + ",".join(map(plain, cast("list[Node]", node))) + "]"


def _quoted(text: str) -> str:
    """Return text as a JSON string, with no more escaped than JSON demands."""
    return '"' + re.sub(r'["\\\x00-\x1f]', _escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"
