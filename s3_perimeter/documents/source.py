"""Source: a document as JSON, read the quick way.

The standard library's scanner does the work. What it takes and S3 does not, the reader that keeps places
refuses (see `jsontext`); it is asked where there is a mistake to show, or a doubt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeVar

from s3_perimeter.documents.elements import PolicyError, PolicyMistake
from s3_perimeter.documents.nodes import LARGEST, Node, Object, Scalar, TextError, plain, wrap

if TYPE_CHECKING:
    from types import ModuleType

    from s3_perimeter.documents.jsontext import Places

__all__ = ["Source", "source_of"]

T = TypeVar("T")

# Everything up to the next bracket that is not within a string.
_TO_BRACKET = re.compile(r'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+([{}\[\]])')
_WITHIN_POLICY, _WITHIN_LIST = "{", "{["


class Source(NamedTuple):
    """A document's root and its text; a text that was `written` by somebody has places to show."""

    root: Node
    text: str
    written: bool

    def placed(self) -> Node:
        """Return the root with the place of every value; PolicyError where the text is past a bound."""
        return _checked(lambda: _placed(self.text), self.text) if self.written else self.root

    @property
    def first_line(self) -> int | None:
        """The line in which the text begins, None for a document that came without one."""
        return 1 if self.written else None

    def places(self) -> Places:
        """Return what turns places in the text into lines and columns."""
        found: Places = _jsontext().Places(self.text)
        return found

    def statement_lines(self) -> list[int]:
        """Return the line of every statement of a policy without mistakes: of the objects in the policy, or
        in its one list. Empty where they are all in the first line.
        """
        if not self.written or "\n" not in self.text:
            return []
        lines: list[int] = []
        around, line, seen = "", 1, 0
        for found in _TO_BRACKET.finditer(self.text):
            bracket = found[1]
            if bracket in "}]":
                around = around[:-1]
                continue
            if bracket == "{" and around in (_WITHIN_POLICY, _WITHIN_LIST):
                line += self.text.count("\n", seen, found.start(1))
                seen = found.start(1)
                lines.append(line)
            around += bracket
        return lines


def source_of(document: str | bytes | Mapping[str, object]) -> Source:
    """Return a document as JSON; PolicyError where it is none."""
    if isinstance(document, str):
        return Source(_checked(lambda: _fast(document), document), document, written=True)
    if isinstance(document, bytes):
        return source_of(_checked(lambda: _decoded(document), document.decode("utf-8", "replace")))
    root = _checked(lambda: wrap(document), "")
    return Source(root, plain(root), written=False)


def _checked(reader: Callable[[], T], text: str) -> T:
    """Return what a reader of a text returns; PolicyError in place of its TextError."""
    try:
        return reader()
    except TextError as error:
        raise PolicyError([PolicyMistake(error.problem, *_jsontext().Places(text).of(error.at))]) from error


def _decoded(data: bytes) -> str:
    """Return the bytes as text; TextError where they are not UTF-8 or too many."""
    if len(data) > LARGEST:
        raise TextError(f"the text is longer than {LARGEST:,} bytes", None)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TextError("the text is not UTF-8", None) from error


def _refused(word: str) -> NoReturn:
    """ValueError on what the standard reader takes and JSON does not have: NaN and Infinity."""
    raise ValueError(word)


def _number(text: str) -> Scalar:
    """Return a number as it is written."""
    return Scalar(text, None, "a number")


def _fast(text: str) -> Node:
    """Read one JSON value without places; TextError where the text is not JSON.

    Depth and number of values are bounded by the scanner alone.
    """
    if "\\u" in text or len(text) > LARGEST or not text.isascii():
        _placed(text)  # what escapes stand for, and what is not ASCII, it looks at
    try:
        root: Node = _SCANNER.decode(text)
    except (ValueError, RecursionError):
        return _placed(text)
    return root


def _placed(text: str) -> Node:
    """Read one JSON value with places; TextError where the text is not JSON, or past a bound."""
    root: Node = _jsontext().read(text)
    return root


def _jsontext() -> ModuleType:
    """Return the reader that keeps places: to load it takes longer than to read a policy without mistakes."""
    from s3_perimeter.documents import jsontext

    return jsontext


_SCANNER = json.JSONDecoder(
    object_pairs_hook=Object, parse_int=_number, parse_float=_number, parse_constant=_refused
)
