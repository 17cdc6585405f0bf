"""Boxes: a universe of requests, cut into finitely many classes per axis, and what Denies leave of it.

A box is one bit set per axis: the classes that it covers there. Its requests are those whose class is covered
on every axis. The work is bounded: past the bound the proof says "unknown" with the reason, it never hangs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

__all__ = ["Assumption", "Box", "Budget", "TooMuchWork", "covers", "intersection", "uncovered"]


class TooMuchWork(Exception):  # noqa: N818 - no error of the caller's, and it never leaves this package
    """The question needs more steps than its bound."""


class Budget:
    """Steps of about a microsecond that are left for one proof or comparison.

    With `sampling`, some classes of requests will do: what would take too much work is left out.
    """

    def __init__(self, left: int = 150_000, *, sampling: bool = False) -> None:
        self.left = left
        self.sampling = sampling

    def spend(self, steps: int, what: str) -> None:
        """Take steps off; TooMuchWork names what they were needed for."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork(what)


Box: TypeAlias = tuple[int, ...]

Assumption: TypeAlias = tuple[str, bool]
"""Something that is not documented, by its name, and which way it is taken to be. One name is one fact: it is
the same for every statement, and for a condition and its negation it is one way for one and the other for the
other.
"""


def intersection(one: Box, other: Box) -> Box | None:
    """Return the box of all requests of both, None where there are none."""
    shared = tuple([mine & theirs for mine, theirs in zip(one, other, strict=True)])
    return shared if all(shared) else None


def covers(box: Box, region: Box) -> bool:
    """Whether a box covers all of a region."""
    return not any(mine & ~theirs for mine, theirs in zip(region, box, strict=True))


def uncovered(universe: Box, boxes: Sequence[Box], budget: Budget) -> Box | None:
    """Return a box of the universe that none of the boxes touches, None where they cover all of it.

    Exact: what a box leaves of a region is split into disjoint regions, one axis at a time.
    """
    pending: list[tuple[Box, int]] = [(universe, 0)]
    while pending:
        region, at = pending.pop()
        budget.spend(len(boxes) - at + 1, "too many ways in which the statements of the policy overlap")
        while at < len(boxes):
            shared = tuple([mine & theirs for mine, theirs in zip(region, boxes[at], strict=True)])
            at += 1
            if all(shared):
                break
        else:
            return region
        # The box touches the region: go on with what it leaves, the first axis's part first.
        pieces: list[tuple[Box, int]] = []
        for axis, (mine, both) in enumerate(zip(region, shared, strict=True)):
            rest = mine & ~both
            if rest:
                pieces.append(((*shared[:axis], rest, *region[axis + 1 :]), at))
        pending.extend(reversed(pieces))
    return None
