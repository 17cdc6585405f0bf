"""Boxes: a universe of requests, cut into finitely many classes per axis, and what Denies leave of it.

A box is one bit set per axis: the classes that it covers there. Its requests are those whose class is covered
on every axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import TypeAlias

from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import Cut, RequestClass
from s3_perimeter.proof.axes.unmodelled import EITHER, IS_NOT, IS_SO, Assumption
from s3_perimeter.proof.work import Budget, TooMuchWork

__all__ = ["Box", "Boxes", "covers", "intersection", "uncovered"]

_MOST_DOUBTS = 256

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


class Boxes:
    """One scenario as boxes: its axes, its universe, and what each statement covers of it.

    `covered` has the box of each statement by its number: what it covers for certain, and in a scenario for a
    witness what it may cover. Each fact that is not documented is an axis of its own, the same for all
    statements, behind the `axes`: `exact` has all boxes of a statement, with the facts that each needs, and
    `possible` returns what a statement covers at most.
    """

    def __init__(self, cuts: Sequence[tuple[Axis, Cut, int]], numbers: Iterable[int]) -> None:
        """Lay out a scenario by its axes, each with its cut and the classes that can occur, and the numbers
        of the statements that count.
        """
        self.numbers = frozenset(numbers)
        self.axes = tuple([axis for axis, _, _ in cuts])
        self.cuts = tuple([cut for _, cut, _ in cuts])
        self._at = {axis: at for at, axis in enumerate(self.axes)}
        self._possible = tuple([bits for _, _, bits in cuts])
        self._unknown = sorted(
            {
                name
                for cut in self.cuts
                for number, assumed in cut.assumed.items()
                if number in self.numbers
                for _, assumptions in assumed
                for name, _ in assumptions
            }
        )
        self._either = (EITHER,) * len(self._unknown)
        self.universe: Box = self._possible + self._either
        self.covered: dict[int, Box] = {}
        for number in sorted(self.numbers):
            box = tuple(
                [cut.covered[number] & bits for cut, bits in zip(self.cuts, self._possible, strict=True)]
            )
            if all(box):
                self.covered[number] = box + self._either

    @property
    def is_empty(self) -> bool:
        """Whether nobody can send any of the requests."""
        return not all(self.universe)

    def at(self, axis: Axis | None) -> int | None:
        """Return the place of an axis in a box, None where it distinguishes nothing here."""
        return None if axis is None else self._at.get(axis)

    def narrowed(self, box: Box, axis: Axis | None, bits: int) -> Box:
        """Return the part of a box with some classes of an axis alone; all where it distinguishes nothing."""
        at = self.at(axis)
        return box if at is None else (*box[:at], box[at] & bits, *box[at + 1 :])

    @cached_property
    def impossible(self) -> tuple[Box, ...]:
        """The requests that nobody can send: those for an action with a key that only other actions take."""
        found = []
        for by_action, untaken, at, absent in self._keys_of_some_actions:
            box = list(self.universe)
            box[by_action] &= untaken
            box[at] &= ~absent
            if all(box):
                found.append(tuple(box))
        return tuple(found)

    def ordinary(self, box: Box) -> Box | None:
        """Return the part of a box without the keys that only some actions take; None where it has none."""
        found = list(box)
        for _, _, at, absent in self._keys_of_some_actions:
            found[at] &= absent
        return tuple(found) if all(found) else None

    @cached_property
    def _keys_of_some_actions(self) -> tuple[tuple[int, int, int, int], ...]:
        """Of each key that only some actions take: the place of the actions in a box and the bits of those
        that do not take it, the key's own place and the bits of its absence.
        """
        by_action = next(
            (at for at, cut in enumerate(self.cuts) if cut.classes and cut.classes[0].action), None
        )
        if by_action is None:
            return ()
        actions = [each.action or "" for each in self.cuts[by_action].classes]
        found = []
        for at, axis in enumerate(self.axes):
            untaken = sum(1 << number for number, name in enumerate(actions) if not axis.taken_by(name))
            if untaken:
                (key,) = axis.keys
                found.append((by_action, untaken, at, self.cuts[at].without(key)))
        return tuple(found)

    def classes_of(self, region: Box, axis: Axis) -> Iterator[RequestClass]:
        """Yield the classes of a region on an axis; none where it distinguishes nothing here."""
        at = self.at(axis)
        return iter(()) if at is None else self.cuts[at].chosen(region[at])

    def representatives(self, region: Box) -> list[RequestClass]:
        """Return a representative of a region: the first class that it holds on each axis."""
        distinguished = region[: len(self.cuts)]
        return [next(cut.chosen(bits)) for cut, bits in zip(self.cuts, distinguished, strict=True)]

    @cached_property
    def exact(self) -> dict[int, tuple[Box, ...]]:
        """What each statement covers: the box that it covers for certain, if any, and one for each set of
        assumptions under which it covers more. TooMuchWork where they are too many.
        """
        if not self._unknown:
            return {number: (box,) for number, box in self.covered.items()}
        found = {number: tuple(self._exactly(number)) for number in sorted(self.numbers)}
        return {number: boxes for number, boxes in found.items() if boxes}

    def possible(self, number: int) -> Box:
        """Return what a statement may cover, every doubt being that it does."""
        found = []
        for cut, possible in zip(self.cuts, self._possible, strict=True):
            bits = cut.covered[number]
            for more, _ in cut.assumed.get(number, ()):
                bits |= more
            found.append(bits & possible)
        return (*found, *self._either)

    def _exactly(self, number: int) -> Iterator[Box]:
        """Yield the boxes of one statement."""
        sure: frozenset[Assumption] = frozenset()
        ways = []
        for cut, possible in zip(self.cuts, self._possible, strict=True):
            each = [(cut.covered[number], sure), *cut.assumed.get(number, ())]
            ways.append([(bits & possible, assumed) for bits, assumed in each if bits & possible])
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
                IS_SO if (name, True) in assumed else IS_NOT if (name, False) in assumed else EITHER
                for name in self._unknown
            ]
        )
