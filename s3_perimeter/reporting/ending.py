"""How every command ends: with its exit code, and whatever stopped it in one sentence.

Exit code 1 means a finding, and Python gives the same code to an error that nobody catches. So nothing leaves
a command uncaught.
"""

from __future__ import annotations

import errno
import os
import sys

from s3_perimeter.errors import PerimeterError
from s3_perimeter.reporting.saying import print_error

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["UNDETERMINED", "in_words", "say_error"]

UNDETERMINED = 2

# What a write to standard output fails with where the output itself is the matter.
_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def in_words(run: Callable[[], int], *, debug: bool = False) -> int:
    """Run a command to its end and return its exit code; 2 for everything that is no answer.

    A mistake of the person's (PerimeterError) is printed as it is, an interrupt or an output that cannot be
    written as one sentence, and a fault of ours as one that asks to report it. `debug` prints the trace of
    whatever it was as well. SystemExit passes, once standard output is written.
    """
    if sys.stdout is None:
        say_error("standard output is closed\n\nhint: redirect it, for instance to /dev/null")
        return UNDETERMINED
    # A file's name or an AWS tag may hold what this terminal's encoding has no character for.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            code = run()
        except SystemExit:  # --help and --version end so
            sys.stdout.flush()
            raise
        sys.stdout.flush()
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001  (each is reported below; --debug shows its trace)
        if debug:
            import traceback
            from contextlib import suppress

            with suppress(OSError):
                traceback.print_exc()
        _report(error)
        return UNDETERMINED
    return code


def say_error(message: str) -> None:
    """Print a message to standard error, with what a terminal would obey escaped; never fail over it."""
    # A config's mistakes begin each with the word already.
    text = f"error: {_shown(message.removeprefix('error: '))}"
    print_error(text)


def _report(error: BaseException) -> None:
    """Say what ended the command."""
    from s3_perimeter import extras

    match error:
        case PerimeterError():
            from s3_perimeter.reporting.links import documented

            say_error(f"{error}\n\nsee: {documented(error.page)}" if error.page else str(error))
        case KeyboardInterrupt():
            say_error("interrupted")
        case BrokenPipeError():
            # The reader of our output has gone, as with `perimeter … | head`. Nothing can be said to it.
            _drop_output()
        case OSError() if error.filename is None and error.errno in _OUTPUT:
            say_error(f"cannot write to standard output: {error.strerror}\n\nhint: is the disk full?")
            _drop_output()
        case OSError() if error.filename is not None:
            say_error(f"cannot open `{error.filename}`: {error.strerror}")
        case OSError() if error.strerror:  # the current folder was deleted, too many files are open, …
            say_error(f"the operating system refused: {error.strerror}\n\nhint: --debug shows where")
        case ModuleNotFoundError() if (explained := extras.named(error)) is not error:
            say_error(str(explained))
        case MemoryError():
            say_error("there is not enough memory\n\nhint: give the command less to read at once")
        case _:
            said = f": {error}" if str(error) else ""
            say_error(
                f"an internal error of s3-perimeter, so there is no result: {type(error).__name__}{said}\n\n"
                "hint: run the same command with --debug, and report what it prints"
            )


def _drop_output() -> None:
    """Let nothing more be written: Python would try once again as the process ends, and fail."""
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _shown(message: str) -> str:
    """Return a message of several lines with what a terminal would obey escaped."""
    return "\n".join(
        "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
        for line in message.split("\n")
    )
