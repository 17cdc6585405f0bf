"""Tests that never end: they fail, with their name and a stack, and the run goes on.

The `timeout` in pyproject.toml is pytest-timeout's, which raises an error in the test that has run too long.
That stops what waits in Python. What goes on nevertheless (in C code, or in a fixture that waits at its end)
ends with the process of its tests: `Hangs` has that process write its stacks and exit, and pytest-xdist names
the test that it was running.

None of this measures speed (that is `make bench`): the limits are a hundred times what the work takes, so
that a busy machine does not fail.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import Final

import pytest

__all__ = ["Hangs", "ends"]

NOTICE_SECONDS: Final = 60.0
"""After this long a test is named in the output, and again each time that its time has doubled."""

GRACE_SECONDS: Final = 60.0
"""How long a test may go on after pytest-timeout's error, and its fixtures may take to end."""


class Hangs:
    """Ends the process of a test that cannot be stopped, and names tests that have run for long."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.default = float(config.getini("timeout"))
        self.running: dict[str, float] = {}
        self.over = Event()
        # A descriptor of its own, as output is captured while a test runs.
        self.stderr = os.dup(2)

    def limit(self, item: pytest.Item) -> float:
        """The seconds that a test has: its mark's, else those of pyproject.toml."""
        mark = item.get_closest_marker("timeout")
        return float(mark.args[0]) if mark else self.default

    @contextmanager
    def exit_after(self, seconds: float) -> Iterator[None]:
        """Write the stacks of all threads and exit where the block takes longer."""
        faulthandler.dump_traceback_later(seconds, exit=True, file=self.stderr)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Bound a test with its fixtures."""
        with self.exit_after(self.limit(item) + GRACE_SECONDS):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Bound the end of its fixtures anew: at an error pytest and pytest-timeout stop their clocks."""
        with self.exit_after(self.limit(item) + GRACE_SECONDS):
            return (yield)

    def pytest_sessionstart(self) -> None:
        """Begin to watch; pytest-xdist's workers, which print nothing, leave it to the process that does."""
        if reporter := self.config.pluginmanager.getplugin("terminalreporter"):
            Thread(target=self.watch, args=(reporter,), daemon=True).start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note when a test begins, in whichever process."""
        self.running[nodeid] = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Forget one that has ended."""
        self.running.pop(nodeid, None)

    def pytest_unconfigure(self) -> None:
        """Stop watching."""
        self.over.set()

    def watch(self, reporter: pytest.TerminalReporter) -> None:
        """Name each test that has run for a minute, then for two, four, …"""
        noticed: dict[tuple[str, float], float] = {}
        while not self.over.wait(5):
            now = time.monotonic()
            for nodeid, began in list(self.running.items()):
                if now - began >= noticed.get((nodeid, began), NOTICE_SECONDS):
                    noticed[nodeid, began] = 2 * (now - began)
                    reporter.write_line(f"\nrunning for {now - began:.0f} s: {nodeid}")


@contextmanager
def ends(within: int = 60) -> Iterator[None]:
    """Fail what goes on for `within` seconds, there where it hangs.

    Raises:
        TimeoutError: inside the block, with a traceback to the loop that does not end.
    """

    def too_long(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still at it after {within} seconds")

    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, too_long)
    left, _ = signal.setitimer(signal.ITIMER_REAL, within)
    try:
        yield
    finally:
        # pytest-timeout counts with the same clock.
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.01) if left else 0)
