"""Prose at the width of a terminal; what goes into a file or a pipe stays as it is, a sentence a line."""

from __future__ import annotations

import os
import re
import sys

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["clipped", "padded", "terminal_width", "width_of", "wrapped"]

_STYLE = r"\x1b\[[0-9;]*m"
_COMMAND = r"\s*([a-z ]+: )*(aws|export|perimeter|pulumi) "
_LEAST = 40
"""Narrower than this nothing is wrapped: it would be a column of single words."""


def terminal_width() -> int:
    """Return how many columns the terminal has: by COLUMNS, else by standard output, else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


def width_of(text: str) -> int:
    """Return how many columns of a terminal the text takes: wide characters take two, combining ones and
    styles none.
    """
    bare = re.sub(_STYLE, "", text) if "\x1b" in text else text
    if bare.isascii():
        return len(bare)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in bare)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return the text with spaces up to that width, after it or before it."""
    spaces = " " * (width - width_of(text))
    return spaces + text if right else text + spaces


def clipped(text: str, columns: int) -> str:
    """As much of the text as fits into a line of that many columns."""
    while width_of(text) > columns:
        text = text[: columns - width_of(text)]
    return text


def wrapped(text: str, stream: TextIO) -> str:
    """Return the text as it is to be written to a stream: on a terminal no line is wider than that.

    Words are never broken, and a line that goes on is indented as its beginning is, behind a dash or a word
    with a colon two columns more. A command to copy stays in one line.
    """
    if not stream.isatty():
        return text
    columns = terminal_width()
    if columns < _LEAST:
        return text
    return "\n".join(piece for line in text.split("\n") for piece in _pieces(line, columns))


def _pieces(line: str, columns: int) -> list[str]:
    """Return a line in pieces that fit."""
    if width_of(line) <= columns or re.match(_COMMAND, line):
        return [line]
    begin = re.match(r"\s*", line)
    indent = begin[0] if begin else ""
    rest = line[len(indent) :]
    hanging = indent + ("  " if re.match(r"-|[a-z]+: ", re.sub(_STYLE, "", rest)) else "")
    pieces, current = [], indent
    for word in rest.split(" "):
        joined = current + word if not current.strip() else f"{current} {word}"
        if width_of(joined) > columns and current.strip():
            pieces.append(current)
            current = hanging + word
        else:
            current = joined
    return [*pieces, current]
