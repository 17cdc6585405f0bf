"""Boxes: a universe of requests, cut into finitely many classes per axis, and what Denies leave of it.

A box is one bit set per axis: the classes that it covers there. Its requests are those whose class is covered
on every axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from s3_perimeter.proof.budget import Budget

__all__ = ["Box", "covers", "intersection", "uncovered"]

Box: TypeAlias = tuple[int, ...]


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
