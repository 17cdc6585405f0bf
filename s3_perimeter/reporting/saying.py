"""What a command says beside its result, all of it on standard error: notes, how far it is, and with `-v`
what it does.
"""

from __future__ import annotations

import sys
from contextlib import suppress

__all__ = ["choose_verbosity", "detail", "erase_line", "is_quiet", "note", "print_error", "show_line"]

_chosen = {"quiet": False, "verbose": False}
_line = {"shown": False}
"""Whether a line stands on the terminal that is to be written over."""


def choose_verbosity(*, quiet: bool, verbose: bool) -> None:
    """Follow `-q` and `-v` from here on."""
    _chosen.update(quiet=quiet, verbose=verbose)


def is_quiet() -> bool:
    """Whether only the result and errors are wanted."""
    return _chosen["quiet"]


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
    if sys.stderr is None:
        return
    with suppress(OSError, ValueError):
        if not text.endswith("\n"):
            from shutil import get_terminal_size

            from s3_perimeter.reporting.wrapping import clipped

            text = f"\r\x1b[K{clipped(text, get_terminal_size().columns - 1)}"
            _line["shown"] = True
        sys.stderr.write(text)
        sys.stderr.flush()


def erase_line() -> None:
    """Take the line away that says how far something is, where one stands on the terminal."""
    if _line["shown"] and sys.stderr is not None:
        _line["shown"] = False
        with suppress(OSError, ValueError):
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def print_error(text: str) -> None:
    """Write to standard error as wide as the terminal is; never fail over it."""
    if sys.stderr is not None:
        erase_line()
        with suppress(OSError, ValueError):
            from s3_perimeter.reporting.wrapping import wrapped

            print(wrapped(text, sys.stderr), file=sys.stderr, flush=True)
