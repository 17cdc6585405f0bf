"""Row: one measured figure, its target, and the peer measured in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Row", "best_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `peer_value` is in the same unit, of the same run; `target` is what it has to keep.

    A figure that shows growth is a point of `line`, measured at the size `at`.
    """

    question: str
    value: float
    unit: str
    target: float | None = None
    better: Literal["lower", "higher"] = "lower"
    peer: str | None = None
    peer_value: float | None = None
    line: str | None = None
    at: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the figure keeps its target; None where it has none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.better == "lower" else self.value >= self.target

    @property
    def target_text(self) -> str:
        """What the figure has to keep, such as `≤ 3 ms`; empty where it has no target."""
        sign = "≤" if self.better == "lower" else "≥"
        return f"{sign} {self.target:.4g} {self.unit}".rstrip() if self.target is not None else ""

    @property
    def peer_text(self) -> str:
        """The peer and its figure; empty without one."""
        if not self.peer or self.peer_value is None:
            return ""
        return f"{self.peer}: {self.peer_value:.4g} {self.unit}".rstrip()

    @property
    def times_better(self) -> float | None:
        """How many times better than the peer; None without one."""
        if not self.peer_value or not self.value:
            return None
        return self.peer_value / self.value if self.better == "lower" else self.value / self.peer_value


def best_of(call: Callable[[], object], *, repeats: int = 7, seconds: float = 0.2) -> float:
    """Seconds that one call takes: the best mean of `repeats` rounds, each of about `seconds` / `repeats`.

    The best, not the mean: other work on the machine only ever adds time.
    """
    started = time.perf_counter()
    call()
    once = max(time.perf_counter() - started, 1e-7)
    calls = max(1, int(seconds / repeats / once))
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, (time.perf_counter() - started) / calls)
    return best
