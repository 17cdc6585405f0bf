"""What a command says in addition to its result, all of it on standard error: notes, progress, and with `-v`
each step.
"""

from __future__ import annotations

import sys

__all__ = [
    "choose_verbosity",
    "detail",
    "erase_line",
    "is_quiet",
    "is_verbose",
    "note",
    "print_error",
    "show_line",
]

_chosen = {"quiet": False, "verbose": False}
_line = {"shown": False}
"""Whether a line stands on the terminal that is to be written over."""


def choose_verbosity(*, quiet: bool, verbose: bool) -> None:
    """Follow `-q` and `-v` from here on."""
    _chosen.update(quiet=quiet, verbose=verbose)


def is_quiet() -> bool:
    """Whether only the result and errors are wanted."""
    return _chosen["quiet"]


def is_verbose() -> bool:
    """Whether everything is wanted that is left out for shortness."""
    return _chosen["verbose"]


def note(text: object) -> None:
    """Say something that is no result and no error; nothing with `-q`."""
    if not _chosen["quiet"]:
        print_error(str(text))


def detail(text: object) -> None:
    """Say what is being done, with `-v`."""
    if _chosen["verbose"]:
        print_error(str(text))


def show_line(text: str) -> None:
    """Say how far something is. Text without a line's end is for a terminal, clipped to its width, and stays
    until the next message.
    """
    if not text.endswith("\n"):
        from s3_perimeter.reporting.wrapping import clipped, terminal_width

        text = f"\r\x1b[K{clipped(text, terminal_width() - 1)}"
        _line["shown"] = True
    _write(text)


def erase_line() -> None:
    """Take the line away that says how far something is, where one stands on the terminal."""
    if _line["shown"]:
        _line["shown"] = False
        _write("\r\x1b[K")


def print_error(text: str) -> None:
    """Write to standard error as wide as the terminal is; never fail over it."""
    erase_line()
    _write(f"{text}\n", wrap=True)


def _write(text: str, *, wrap: bool = False) -> None:
    if sys.stderr is not None:
        from contextlib import suppress

        from s3_perimeter.reporting.wrapping import wrapped

        with suppress(OSError, ValueError):  # it is closed, or its reader has gone
            sys.stderr.write(wrapped(text, sys.stderr) if wrap else text)
            sys.stderr.flush()
