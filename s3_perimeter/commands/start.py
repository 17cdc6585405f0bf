"""Where the executable `perimeter` begins.

It imports nothing that takes time before an interrupt is caught, so that Ctrl-C is one sentence from the
first moment on.
"""

from __future__ import annotations

import sys
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
    sys.exit(code)
