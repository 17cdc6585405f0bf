"""What a command says beside its result, all of it on standard error: notes, and with `-v` what it does."""

from __future__ import annotations

import sys

__all__ = ["choose_verbosity", "detail", "is_quiet", "is_verbose", "note"]

_chosen = {"quiet": False, "verbose": False}


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
        _print(text)


def detail(text: object) -> None:
    """Say what is being done, with `-v`."""
    if _chosen["verbose"]:
        _print(text)


def _print(text: object) -> None:
    if sys.stderr is not None:
        from contextlib import suppress

        with suppress(OSError):
            from s3_perimeter.reporting.wrapping import wrapped

            print(wrapped(str(text), sys.stderr), file=sys.stderr, flush=True)
