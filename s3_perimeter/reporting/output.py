"""How commands write: aligned tables, a little color on a terminal, JSON, and files that are not
overwritten.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.wrapping import padded, width_of

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

__all__ = ["as_json", "choose_color", "colored", "count", "paint", "print_result", "table", "write_file"]

Style = Literal["good", "bad", "warn", "dim", "strong"]
CODES: dict[Style, str] = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "strong": "1"}


_chosen: list[str] = []
"""What `--color` said last; empty where it was not given."""


def choose_color(choice: str | None, *, to_file: bool = False) -> None:
    """Follow `--color` from here on: `always`, `never`, or `auto` (None too), which looks at the stream.

    A result that goes to a file is colored on demand only, whatever the environment says of terminals.
    """
    auto = ["never"] if to_file else []
    _chosen[:] = [choice] if choice and choice != "auto" else auto


def colored(stream: TextIO | None = None) -> bool:
    """Whether to write in color: by `--color`, else NO_COLOR (no-color.org), else FORCE_COLOR, else where
    the stream is a terminal.
    """
    if _chosen:
        return _chosen[0] == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if forced := os.environ.get("FORCE_COLOR"):
        return forced not in ("0", "false")
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, style: Style) -> str:
    """Return the text in a style, where there is to be color; else the text as it is."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if colored() else text


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows below their headers, columns aligned as a terminal shows them (Japanese labels too); a column of
    numbers only is aligned to the right.
    """
    columns = list(zip(headers, *rows, strict=True))
    widths = [max(map(width_of, column)) for column in columns]
    right = [bool(rows) and all(cell.replace(",", "").isdigit() for cell in column[1:]) for column in columns]
    lines = [
        "  ".join(
            padded(cell, width, right=numeric)
            for cell, width, numeric in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in (headers, *rows)
    ]
    return "\n".join(lines)


def as_json(value: object) -> str:
    """JSON as people and programs read it: indented, in the order given, not escaped beyond need."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 line`, `2 lines`, `1,024 lines`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def print_result(text: str, form: str = "text") -> None:
    """Print a result; text as wide as the terminal is."""
    from s3_perimeter.reporting.wrapping import wrapped

    print(wrapped(text, sys.stdout) if form == "text" else text, flush=True)


def write_file(path: Path, text: str) -> None:
    """Write a file that was asked for. Raises CommandError where that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write `{path}`: {error.strerror or error}") from error
