"""Where the executable `perimeter` begins.

It imports nothing that takes time before an interrupt is caught, so that Ctrl-C is one sentence from the
first moment on.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["command"]


def command() -> NoReturn:
    """Run as a process, and end with the exit code."""
    try:
        from s3_perimeter.commands.main import main

        code = main()
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        code = 2
    # At once: threads that still wait for an answer are not waited for, as Python itself would.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # it is closed, or its reader has gone
    os._exit(code)
