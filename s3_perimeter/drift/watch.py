"""`--watch`: check again and again, show the first report and then what changes, and end when asked to."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from s3_perimeter.drift.findings import Report, exit_code
from s3_perimeter.drift.render.changes import changes
from s3_perimeter.reporting.saying import erase_line, is_quiet, note, show_line

__all__ = ["Watch"]


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch of some stacks, every `seconds`, until `stop` is set.

    `check` makes one round. `show` gets the whole reports, a line with the time, and the text of what has
    changed: None in the first round, and where that does not end before it is stopped.
    """

    check: Callable[[], list[Report]]
    show: Callable[[Sequence[Report], str, str | None], None]
    stop: threading.Event
    seconds: float

    def run(self) -> int:
        """Return the exit code of the last whole round; 2 where there was none."""
        rounds, changed = 0, ""
        before: list[Report] = []
        while not self.stop.is_set():
            reports = self.check()
            if self.stop.is_set():  # what a round that was stopped did not read is no change
                if not rounds:
                    self.show(reports, f"{_clock()}: stopped in the first round", None)
                break
            rounds += 1
            if rounds == 1:
                changed = _clock()
                self.show(reports, f"{changed}: first round", None)
            elif news := changes(before, reports):
                since, changed = changed, _clock()
                self.show(reports, f"{changed}: round {rounds}, changed since {since}", news)
            before = reports
            following = datetime.now(UTC) + timedelta(seconds=self.seconds)
            if sys.stderr is not None and sys.stderr.isatty() and not is_quiet():
                show_line(f"{_clock()}: {_summary(before)} after {_times(rounds)}; next {following:%H:%M:%S}")
            self.stop.wait(self.seconds)
            erase_line()
        last = f"; {_summary(before)}, last changed {changed}" if rounds else ""
        note(f"stopped after {_times(rounds)}{last}")
        return exit_code(before) if rounds else 2


def _summary(reports: Sequence[Report]) -> str:
    """Return the stacks' results, in a few words."""
    if len(reports) == 1:
        return f"{reports[0].stack} {reports[0].status}"
    statuses = [report.status for report in reports]
    return ", ".join(f"{statuses.count(each)} {each}" for each in dict.fromkeys(statuses)) or "no stack"


def _times(rounds: int) -> str:
    """Return a number of rounds."""
    return f"{rounds} round" + ("" if rounds == 1 else "s")


def _clock() -> str:
    """Return the time, as every line of a watch begins."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
