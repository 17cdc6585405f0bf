"""Boxes: a universe of requests, cut into finitely many classes per dimension, and what Denies leave of it.

A box is one bit set per dimension: the classes that it covers there. Its requests are those whose class is
covered in every dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from math import prod

from s3_perimeter.proof.axes.axis import Assumption, Atom, Dimension
from s3_perimeter.proof.budget import Budget, TooMuchWork

__all__ = ["Box", "Boxes", "uncovered"]

Box = tuple[int, ...]

_EITHER_WAY = Dimension((Atom(), Atom()), ())
"""The dimension of something that is not documented: it is so, or it is not."""
_IS_SO, _IS_NOT, _OPEN = 1, 2, 3
_MOST_DOUBTS = 256


class Boxes:
    """One scenario as boxes: its dimensions, its universe, and what each statement covers of it.

    `of` has what a statement covers for certain, by its number. What is not documented is a dimension of its
    own, the same for all statements: `exact` has the boxes that a statement covers one way or another, and
    `possible` what it covers at most.
    """

    def __init__(self, dimensions: Mapping[str, tuple[Dimension, int]], numbers: Iterable[int]) -> None:
        """Lay out a scenario by its dimensions, each with the classes that can occur, and the statements that
        count.
        """
        self.alive = frozenset(numbers)
        self._cut = tuple(dimensions.values())
        self._unknown = sorted(
            {
                name
                for part, _ in self._cut
                for number, doubts in part.doubts.items()
                if number in self.alive
                for _, assumptions in doubts
                for name, _ in assumptions
            }
        )
        self._open = (_OPEN,) * len(self._unknown)
        self.names = (*dimensions, *self._unknown)
        self.parts = (*[part for part, _ in self._cut], *(_EITHER_WAY,) * len(self._unknown))
        self.universe: Box = (*[classes for _, classes in self._cut], *self._open)
        self.of: dict[int, Box] = {}
        for number in sorted(self.alive):
            box = tuple([part.masks[number] & classes for part, classes in self._cut])
            if all(box):
                self.of[number] = box + self._open

    @cached_property
    def exact(self) -> dict[int, tuple[Box, ...]]:
        """What each statement covers: the box that it covers for certain, if any, and one for each set of
        assumptions under which it covers more. TooMuchWork where they are too many.
        """
        if not self._unknown:
            return {number: (box,) for number, box in self.of.items()}
        found = {number: tuple(self._exactly(number)) for number in sorted(self.alive)}
        return {number: boxes for number, boxes in found.items() if boxes}

    def possible(self, number: int) -> Box:
        """Return what a statement may cover, every doubt being that it does."""
        found = []
        for part, classes in self._cut:
            bits = part.masks[number]
            for more, _ in part.doubts.get(number, ()):
                bits |= more
            found.append(bits & classes)
        return (*found, *self._open)

    def _exactly(self, number: int) -> Iterable[Box]:
        """Yield the boxes of one statement."""
        sure: frozenset[Assumption] = frozenset()
        ways = []
        for part, classes in self._cut:
            each = [(part.masks[number], sure), *part.doubts.get(number, ())]
            ways.append([(bits & classes, assumed) for bits, assumed in each if bits & classes])
        if prod(map(len, ways)) > _MOST_DOUBTS:
            raise TooMuchWork("too much of one statement is not modelled")
        for chosen in product(*ways):
            assumed = frozenset().union(*(each for _, each in chosen))
            if not any((name, not way) in assumed for name, way in assumed):
                yield (*[bits for bits, _ in chosen], *self._assuming(assumed))

    def _assuming(self, assumed: frozenset[Assumption]) -> Box:
        """Return the bits of all that is not documented under some assumptions."""
        return tuple(
            [
                _IS_SO if (name, True) in assumed else _IS_NOT if (name, False) in assumed else _OPEN
                for name in self._unknown
            ]
        )

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
