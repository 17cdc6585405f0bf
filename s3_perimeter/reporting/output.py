"""How commands write: aligned tables, a little colour on a terminal, JSON, and files that are not
overwritten.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TextIO

from s3_perimeter.commands.errors import CommandError

__all__ = ["as_json", "count", "paint", "table", "write_file"]

Style = Literal["good", "bad", "warn", "dim", "strong"]
CODES: dict[Style, str] = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "strong": "1"}


def paint(text: str, style: Style, stream: TextIO | None = None) -> str:
    """The text in a style, where the stream is a terminal and NO_COLOR is not set; else the text as it is."""
    target = stream or sys.stdout
    if not target.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{CODES[style]}m{text}\x1b[0m"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows below their headers, columns aligned; a column of numbers only is aligned to the right."""
    columns = list(zip(headers, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [bool(rows) and all(cell.replace(",", "").isdigit() for cell in column[1:]) for column in columns]
    lines = [
        "  ".join(
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in (headers, *rows)
    ]
    return "\n".join(lines)


def as_json(value: object) -> str:
    """JSON as people and programs read it: indented, in the order given, not escaped beyond need."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 line`, `2 lines`, `1,024 lines`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def write_file(path: Path, text: str) -> None:
    """Write a file that was asked for. Raises CommandError where that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write `{path}`: {error.strerror or error}") from error
