"""Layout: the requests of somebody who has to get in, narrowed to an action, addresses and a moment, and
which Denies leave none of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.boxes import Box, Budget, covers, intersection, uncovered
from s3_perimeter.proof.laid_out import LaidOut

__all__ = ["Cell", "Layout", "Numbers", "blamed"]

Numbers: TypeAlias = tuple[int, ...]
"""The Denies that lock somebody out together, by their numbers."""


class Cell(NamedTuple):
    """Requests from some allowed addresses (None: from wherever it is) at a moment, by their number."""

    moment: int
    addresses: AddressSet | None
    narrowed: Mapping[Axis, int]


class Layout:
    """The requests of one kind of principal for one sort of resource, to be narrowed to a cell and action."""

    def __init__(self, boxes: LaidOut, action: Axis) -> None:
        self.boxes = boxes
        self._action = action

    def column(self, number: int, action: str) -> Hashable:
        """Return what distinguishes an action from others: which Denies cover it, which keys it can carry."""
        at = self.boxes.at(self._action)
        covered = self.boxes.cuts[at].covered if at is not None else ()
        return tuple(bool(each >> number & 1) for each in covered), self._foreign(action)

    def universe(self, cell: Cell, number: int, action: str) -> Box:
        """Return the requests of a cell for an action. A key that the action does not take is absent."""
        found = self.boxes.narrowed(self.boxes.universe, self._action, 1 << number)
        for axis, bits in cell.narrowed.items():
            found = self.boxes.narrowed(found, axis, bits)
        for at in self._foreign(action):
            cut, (key,) = self.boxes.cuts[at], self.boxes.axes[at].keys
            found = (*found[:at], found[at] & cut.without(key), *found[at + 1 :])
        return found

    def touching(self, universe: Box) -> list[int]:
        """Return the Denies that cover some of the requests."""
        return [
            number for number, box in self.boxes.certain.items() if intersection(universe, box) is not None
        ]

    def covers(self, universe: Box, number: int) -> bool:
        """Whether one Deny covers all of the requests."""
        box = self.boxes.certain.get(number)
        return box is not None and covers(box, universe)

    def _foreign(self, action: str) -> tuple[int, ...]:
        """Return the places of the keys that only other actions take."""
        return tuple(at for at, axis in enumerate(self.boxes.axes) if not axis.taken_by(action))


def blamed(layouts: Sequence[Layout], cell: Cell, number: int, action: str, budget: Budget) -> list[Numbers]:
    """Return the Denies that cover every request of a cell: each that does alone, else those that do
    together; none where some request gets through.
    """
    universes = [layout.universe(cell, number, action) for layout in layouts]
    asked = [
        (layout, universe, layout.touching(universe))
        for layout, universe in zip(layouts, universes, strict=True)
        if all(universe)
    ]
    if not asked or not all(touching for _, _, touching in asked):
        return []
    numbers = sorted({each for _, _, touching in asked for each in touching})
    alone = [each for each in numbers if all(layout.covers(universe, each) for layout, universe, _ in asked)]
    if alone:
        return [(each,) for each in alone]
    if not _covered(asked, numbers, budget):
        return []
    for each in list(numbers):
        without = [other for other in numbers if other != each]
        if _covered(asked, without, budget):
            numbers = without
    return [tuple(numbers)]


def _covered(
    asked: Sequence[tuple[Layout, Box, Sequence[int]]], numbers: Iterable[int], budget: Budget
) -> bool:
    """Whether those Denies leave none of the requests."""
    return all(
        uncovered(universe, [layout.boxes.certain[at] for at in numbers if at in touching], budget) is None
        for layout, universe, touching in asked
    )
