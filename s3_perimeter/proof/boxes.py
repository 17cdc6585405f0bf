"""Boxes: a universe of requests, cut into finitely many classes per dimension, and what Denies leave of it.

A box is one bit set per dimension: the classes that it covers there. Its requests are those whose class is
covered in every dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from s3_perimeter.proof.bounds import Budget
from s3_perimeter.proof.model import Atom, Dimension

__all__ = ["Box", "Boxes", "uncovered"]

Box = tuple[int, ...]


class Boxes:
    """One scenario as boxes: its dimensions, its universe, and a box per statement that can match in it."""

    def __init__(self, dimensions: Mapping[str, tuple[Dimension, int]], numbers: Iterable[int]) -> None:
        """Lay out a scenario by its dimensions, each with the classes that can occur, and the statements that
        count.
        """
        self.names = tuple(dimensions)
        self.parts = tuple([part for part, _ in dimensions.values()])
        self.alive = frozenset(numbers)
        self.universe: Box = tuple([classes for _, classes in dimensions.values()])
        self.of: dict[int, Box] = {}
        for number in sorted(self.alive):
            box = tuple([part.masks[number] & classes for part, classes in dimensions.values()])
            if all(box):
                self.of[number] = box

    def atoms(self, region: Box) -> list[Atom]:
        """Return a representative of a region: the first class that it holds in each dimension."""
        return [
            part.atoms[(bits & -bits).bit_length() - 1] for part, bits in zip(self.parts, region, strict=True)
        ]


def uncovered(universe: Box, boxes: Sequence[Box], budget: Budget) -> Box | None:
    """Return a box of the universe that none of the boxes touches, None where they cover all of it.

    Exact: what a box leaves of a region is split into disjoint regions, one dimension at a time.
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
        # The box touches the region: go on with what it leaves, the first dimension's part first.
        pieces: list[tuple[Box, int]] = []
        for dimension, (mine, both) in enumerate(zip(region, shared, strict=True)):
            rest = mine & ~both
            if rest:
                pieces.append(((*shared[:dimension], rest, *region[dimension + 1 :]), at))
        pending.extend(reversed(pieces))
    return None
