"""Row: one measured figure, its peer of the same run, and the ratio to the peer that it has to keep."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

__all__ = ["Row", "compared", "per_call", "processor_seconds", "seconds_of", "turns"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `peer_value` is in the same unit, measured in the same run.

    `most` is how many times the peer's figure it may be, `least` how many times better than the peer's it has
    to be, by the direction that `better` names. `paired` is that ratio where it was taken round by round. A
    count that has no peer and must not be above a number, such as requests allowed, has that as its `target`.
    A figure that shows growth is a point of `line`, measured at the size `at`.
    """

    question: str
    value: float
    unit: str
    target: float | None = None
    better: Literal["lower", "higher"] = "lower"
    peer: str | None = None
    peer_value: float | None = None
    most: float | None = None
    least: float | None = None
    paired: float | None = None
    line: str | None = None
    at: float | None = None

    @property
    def ratio(self) -> float | None:
        """The figure next to the peer's: how many times better where `least` asks for that, else how many
        times the peer's; None without a peer.
        """
        if self.paired is not None:
            return self.paired
        if not self.peer_value or not self.value:
            return None
        if self.least is not None and self.better == "lower":
            return self.peer_value / self.value
        return self.value / self.peer_value

    @property
    def holds(self) -> bool | None:
        """Whether the figure keeps its limit; None where it has none."""
        if self.target is not None:
            return self.value <= self.target
        if self.most is None and self.least is None:
            return None
        if self.ratio is None:
            return False
        return self.ratio <= self.most if self.most is not None else self.ratio >= (self.least or 0)

    @property
    def limit_text(self) -> str:
        """What the figure has to keep, such as `≤ 3x`; empty where there is nothing."""
        if self.target is not None:
            return f"≤ {self.target:.4g} {self.unit}".rstrip()
        if self.most is not None:
            return f"≤ {self.most:.4g}x"
        return f"≥ {self.least:.4g}x" if self.least is not None else ""


def turns(*calls: Callable[[], float], rounds: int) -> list[list[float]]:
    """Return what each call returns in each round.

    The calls take turns, so that other work on the machine slows all of them alike.
    """
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for figures, call in zip(found, calls, strict=True):
            figures.append(call())
    return found


def compared(
    question: str,
    ours: Sequence[float],
    peer: str,
    theirs: Sequence[float],
    *,
    unit: str = "s",
    scale: float = 1.0,
    most: float | None = None,
    least: float | None = None,
) -> Row:
    """Return the medians of figures taken in turns, of which less is better, and the median of the ratios of
    each round.
    """
    times = (b / a if least is not None else a / b for a, b in zip(ours, theirs, strict=True))
    return Row(
        question,
        median(ours) * scale,
        unit,
        peer=peer,
        peer_value=median(theirs) * scale,
        most=most,
        least=least,
        paired=median(times),
    )


def seconds_of(call: Callable[[], object]) -> Callable[[], float]:
    """Return a call that returns how many seconds by the clock the given one took."""

    def measured() -> float:
        started = time.perf_counter()
        call()
        return time.perf_counter() - started

    return measured


def per_call(call: Callable[[], object], *, seconds: float = 0.03) -> Callable[[], float]:
    """Return a call that returns the processor seconds of one given call: the mean over about `seconds` of
    them.
    """
    started = time.perf_counter()
    call()
    calls = max(1, int(seconds / max(time.perf_counter() - started, 1e-7)))

    def measured() -> float:
        started = time.process_time()
        for _ in range(calls):
            call()
        return (time.process_time() - started) / calls

    return measured


def processor_seconds(command: Sequence[str]) -> float:
    """Return the processor time of a command with everything that it starts; raise if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return max(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1e-3)
