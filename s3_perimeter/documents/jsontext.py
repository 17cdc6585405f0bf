"""JSON read with the place of every value kept, so that a mistake can be shown by line and column.

The standard reader keeps the last of two equal keys, accepts NaN, turns numbers into floats and recurses as
deep as the text says. S3 does none of that; this reader keeps numbers and duplicate keys as written and is
bounded in size, depth and number of values.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from s3_perimeter.documents.nodes import (
    DEEPEST,
    LARGEST,
    MOST_VALUES,
    Array,
    Node,
    Object,
    Scalar,
    Text,
    TextError,
    clipped,
    sound,
)

__all__ = ["Places", "read"]

BLANKS = r"[ \t\r\n]*+"
SPACE = re.compile(BLANKS)
# Each with the white space after it: most of what is read are names, strings and the marks between them.
STRING = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+)"' + BLANKS)
NAME = re.compile(STRING.pattern + ":" + BLANKS)
MARK = re.compile("([,}\\]])" + BLANKS)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
WORD = re.compile(r"[A-Za-z0-9_.+-]+")
ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))"
)
SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": "boolean", "false": "boolean", "null": "null"}


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
        """Return the one value of the text."""
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
        if character == '"':
            return _placed(self.string(), start)
        if character not in ("{", "["):
            return self.literal()
        if depth > DEEPEST:
            raise TextError(f"values are nested more than {DEEPEST} deep", start)
        self.at += 1
        self.skip()
        return self.object(start, depth) if character == "{" else self.array(start, depth)

    def object(self, start: int, depth: int) -> Object:
        """Read the members of an object; its opening brace has been read."""
        node = Object([], start)
        more = not self.empty("}")
        while more:
            name_at = self.at
            name = _placed(self.name(), name_at)
            node.members.append((name, self.value(depth + 1)))
            more = self.goes_on("}", "between two members of an object")
        return node

    def array(self, start: int, depth: int) -> Array:
        """Read the values of a list; its opening bracket has been read."""
        node = Array()
        node.at = start
        more = not self.empty("]")
        while more:
            node.append(self.value(depth + 1))
            more = self.goes_on("]", "between two values of a list")
        return node

    def name(self) -> str:
        """Read a member's name and the colon after it."""
        found = NAME.match(self.text, self.at)
        if found:
            return self.content(found)
        if not self.text.startswith('"', self.at):
            raise TextError(f"expected a name in double quotes, found {self.seen()}", self.at)
        name = self.string()
        raise self.missing(":", f"after the name `{name}`")

    def string(self) -> str:
        """Read a string."""
        found = STRING.match(self.text, self.at)
        if found:
            return self.content(found)
        raise TextError(
            "this string does not end, or contains a line break, a control character or an unknown escape",
            self.at,
        )

    def content(self, found: re.Match[str]) -> str:
        """Pass what was found and return what the string in it stands for."""
        content = self.decoded(found[1], self.at)
        self.at = found.end()
        return content

    def decoded(self, content: str, at: int) -> str:
        """Return what the inside of a string that begins at an offset stands for."""
        if "\\" in content:
            content = ESCAPE.sub(_unescaped, content)
            sound(content, at)
        elif not content.isascii():
            # Of what is not escaped, STRING lets no NUL pass, and ASCII holds no surrogates.
            sound(content, at)
        return content

    def literal(self) -> Scalar:
        """Read a number, true, false or null and the white space after it."""
        start = self.at
        word = WORD.match(self.text, start)
        spelled = word[0] if word else ""
        kind = WORDS.get(spelled) or ("number" if NUMBER.fullmatch(spelled) else "")
        if not kind:
            raise TextError(f"expected a value, found {self.seen()}", start)
        self.at = start + len(spelled)
        self.skip()
        return Scalar(spelled, start, kind if kind == "null" else f"a {kind}")

    def empty(self, closing: str) -> bool:
        """Pass the closing mark of an object or a list, if it is there at once."""
        return self.text.startswith(closing, self.at) and not self.goes_on(closing, "")

    def goes_on(self, closing: str, where: str) -> bool:
        """Pass the mark after a value; whether it is a comma, so that another value follows."""
        found = MARK.match(self.text, self.at)
        if not found or found[1] not in (",", closing):
            raise self.missing(",", where)
        self.at = found.end()
        return found[1] == ","

    def missing(self, character: str, where: str) -> TextError:
        """Return the error that a character is not where it is expected."""
        return TextError(f"expected `{character}` {where}, found {self.seen()}", self.at)

    def seen(self) -> str:
        """Return what stands here, for a message."""
        if self.at >= len(self.text):
            return "the end of the text"
        word = WORD.match(self.text, self.at)
        return f"`{clipped(word[0] if word else self.text[self.at])}`"


def _placed(value: str, at: int) -> Text:
    """Return a string that knows its place."""
    text = Text(value)
    text.at = at
    return text


def _unescaped(found: re.Match[str]) -> str:
    """Return what one escape sequence, or one surrogate pair, stands for."""
    high, low, single, short = found.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10 | int(low, 16) & 0x3FF))
    return chr(int(single, 16)) if single else SHORT.get(short, short)
