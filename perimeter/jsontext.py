"""JSON read with the place of every value kept, so that a mistake can be shown by line and column.

The standard reader keeps the last of two equal keys, accepts NaN, turns numbers into floats and recurses as
deep as the text says. S3 does none of that; this reader keeps numbers and duplicate keys as written and is
bounded in size, depth and number of values.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "Array",
    "Member",
    "Node",
    "Object",
    "Places",
    "Scalar",
    "Text",
    "TextError",
    "plain",
    "read",
    "wrap",
]

# A policy is at most six values deep and 20,480 bytes long; these bounds leave room and still end at once.
DEEPEST = 16
LARGEST = 1024 * 1024
MOST_VALUES = 20_480

SPACE = re.compile(r"[ \t\r\n]*+")
STRING = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+)"')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
WORD = re.compile(r"[A-Za-z0-9_.+-]+")
ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))"
)
SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": "boolean", "false": "boolean", "null": "null"}


class TextError(ValueError):
    """The text is not JSON, or past a bound; `at` is the offset of the character where that shows."""

    def __init__(self, problem: str, at: int | None) -> None:
        self.problem = problem
        self.at = at
        super().__init__(problem)


@dataclass(slots=True)
class Text:
    """A string."""

    value: str
    at: int | None
    kind: str = "a string"


@dataclass(slots=True)
class Scalar:
    """A number, boolean or null, as the text spells it."""

    value: str
    at: int | None
    kind: str


@dataclass(slots=True)
class Array:
    """A list of values."""

    items: list[Node]
    at: int | None
    kind: str = "a list"


@dataclass(slots=True)
class Member:
    """One name of an object with its value; `at` is where the name stands."""

    name: str
    value: Node
    at: int | None


@dataclass(slots=True)
class Object:
    """An object's members in the order written, duplicates included."""

    members: list[Member]
    at: int | None
    kind: str = "an object"


Node: TypeAlias = Text | Scalar | Array | Object


class Places:
    """Turns offsets of one text into lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks: list[int] | None = None

    def of(self, at: int | None) -> tuple[int | None, int | None]:
        """Line and column, both from 1, of an offset; None where the value came without a text."""
        if at is None:
            return None, None
        if self.breaks is None:
            self.breaks = [found.start() for found in re.finditer("\n", self.text)]
        line = bisect_left(self.breaks, at)
        return line + 1, at - (self.breaks[line - 1] if line else -1)


def read(text: str) -> Node:
    """Read one JSON value that fills the text; TextError on the first thing that is not JSON."""
    return _Reader(text).whole()


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.values = 0

    def whole(self) -> Node:
        """The one value of the text."""
        if len(self.text) > LARGEST:
            raise TextError(f"the text is longer than {LARGEST:,} characters", None)
        if self.text.startswith("\ufeff"):
            raise TextError("the text starts with a byte-order mark; save it as UTF-8 without one", 0)
        self.skip()
        if self.at == len(self.text):
            raise TextError("the text is empty", 0)
        node = self.value(1)
        if self.at != len(self.text):
            raise TextError("there is more text after the end of the document", self.at)
        return node

    def skip(self) -> None:
        """Pass white space."""
        found = SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()

    def value(self, depth: int) -> Node:
        """Read a value and the white space after it."""
        start = self.at
        self.values += 1
        if self.values > MOST_VALUES:
            raise TextError(f"there are more than {MOST_VALUES:,} values", start)
        character = self.text[start : start + 1]
        if character in ("{", "["):
            if depth > DEEPEST:
                raise TextError(f"values are nested more than {DEEPEST} deep", start)
            self.at += 1
            self.skip()
            return self.object(start, depth) if character == "{" else self.array(start, depth)
        if character == '"':
            return Text(self.string(), start)
        return self.literal()

    def object(self, start: int, depth: int) -> Object:
        """Read the members of an object; its opening brace has been read."""
        node = Object([], start)
        if self.closes("}"):
            return node
        while True:
            name_at = self.at
            if self.text[name_at : name_at + 1] != '"':
                raise TextError(f"{self.seen()} stands where a name in double quotes is expected", name_at)
            name = self.string()
            self.expect(":", f"after the name `{name}`")
            node.members.append(Member(name, self.value(depth + 1), name_at))
            if self.closes("}"):
                return node
            self.expect(",", "between two members of an object")

    def array(self, start: int, depth: int) -> Array:
        """Read the values of a list; its opening bracket has been read."""
        node = Array([], start)
        if self.closes("]"):
            return node
        while True:
            node.items.append(self.value(depth + 1))
            if self.closes("]"):
                return node
            self.expect(",", "between two values of a list")

    def string(self) -> str:
        """Read a string and the white space after it."""
        found = STRING.match(self.text, self.at)
        if not found:
            raise TextError(
                "this string does not end, or holds a line break, a control character or an unknown escape",
                self.at,
            )
        content = found[1]
        if "\\" in content:
            content = ESCAPE.sub(_unescaped, content)
        sound(content, self.at)
        self.at = found.end()
        self.skip()
        return content

    def literal(self) -> Scalar:
        """Read a number, true, false or null and the white space after it."""
        start = self.at
        word = WORD.match(self.text, start)
        spelled = word[0] if word else ""
        kind = WORDS.get(spelled) or ("number" if NUMBER.fullmatch(spelled) else "")
        if not kind:
            raise TextError(f"{self.seen()} stands where a value is expected", start)
        self.at = start + len(spelled)
        self.skip()
        return Scalar(spelled, start, kind if kind == "null" else f"a {kind}")

    def closes(self, bracket: str) -> bool:
        """Pass the closing bracket and the white space after it, if it is there."""
        if not self.text.startswith(bracket, self.at):
            return False
        self.at += 1
        self.skip()
        return True

    def expect(self, character: str, where: str) -> None:
        """Pass one character and the white space after it; TextError if it is not there."""
        if not self.text.startswith(character, self.at):
            raise TextError(f"{self.seen()} stands where `{character}` is expected {where}", self.at)
        self.at += 1
        self.skip()

    def seen(self) -> str:
        """What stands here, for a message."""
        if self.at >= len(self.text):
            return "the end of the text"
        word = WORD.match(self.text, self.at)
        return f"`{clipped(word[0] if word else self.text[self.at])}`"


def clipped(text: str, longest: int = 60) -> str:
    """Text short enough for a message, with what a terminal cannot show escaped."""
    shown = text if len(text) <= longest else text[:longest] + "…"
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in shown)


def _unescaped(found: re.Match[str]) -> str:
    """What one escape sequence, or one surrogate pair, stands for."""
    high, low, single, short = found.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10 | int(low, 16) & 0x3FF))
    return chr(int(single, 16)) if single else SHORT.get(short, short)


def sound(content: str, at: int | None) -> None:
    """TextError where a string holds NUL or half a surrogate pair: no UTF-8 document carries them."""
    if content.isascii():
        if "\0" in content:
            raise TextError("this string holds the character NUL", at)
        return
    if "\0" in content:
        raise TextError("this string holds the character NUL", at)
    if any("\ud800" <= character <= "\udfff" for character in content):
        raise TextError("this string holds half a surrogate pair", at)


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
        return Text(value, None)
    if isinstance(value, Mapping):
        return Object(
            [Member(_name(name), _wrapped(item, depth + 1, left), None) for name, item in value.items()], None
        )
    if isinstance(value, (list, tuple)):
        return Array([_wrapped(item, depth + 1, left) for item in value], None)
    return _literal(value)


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TextError(f"an object has a name that is no string: {clipped(repr(name))}", None)
    sound(name, None)
    return name


def _literal(value: object) -> Scalar:
    if value is None:
        return Scalar("null", None, "null")
    if isinstance(value, bool):
        return Scalar("true" if value else "false", None, "a boolean")
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
    """The node as JSON text without white space."""
    if isinstance(node, Text):
        return quoted(node.value)
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Array):
        return "[" + ",".join(map(plain, node.items)) + "]"
    return "{" + ",".join(f"{quoted(member.name)}:{plain(member.value)}" for member in node.members) + "}"


def quoted(text: str) -> str:
    """Text as a JSON string, with no more escaped than JSON demands."""
    return '"' + re.sub(r'["\\\x00-\x1f]', _escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"
