"""Progress: a line on standard error for work that lasts longer than a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from s3_perimeter.reporting.saying import erase_line, is_quiet, show_line

__all__ = ["Progress"]


class Progress:
    """Says how far a piece of work is, from the first second on, at most four times a second.

    On a terminal one line is renewed, and erased before anything else is written there and at the end;
    elsewhere (a CI log) a line is written every ten seconds.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = self.last = time.monotonic()
        self.shown = False
        self.terminal = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        erase_line()

    def update(self, detail: str) -> None:
        """Show `what: detail`, if it is time to."""
        if is_quiet():
            return
        now = time.monotonic()
        wait = (0.25 if self.terminal else 10.0) if self.shown else 1.0
        if now - self.last < wait:
            return
        self.last, self.shown = now, True
        if self.terminal:
            show_line(f"{self.what}: {detail}")
        else:
            show_line(f"{self.what}: {detail} ({now - self.started:.0f} s)\n")
