"""Layout: the requests of somebody who has to get in, narrowed to an action, addresses and a moment, and
which Denies leave none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.proof.boxes import Box, Boxes, uncovered
from s3_perimeter.proof.budget import Budget
from s3_perimeter.proof.denies import known_key

__all__ = ["Cell", "Layout", "Numbers", "blamed"]

Numbers: TypeAlias = tuple[int, ...]
"""The Denies that lock somebody out together, by their numbers."""


class Cell(NamedTuple):
    """Requests from some allowed addresses (None: from wherever it is) at a moment, by their number."""

    moment: int
    addresses: AddressSet | None
    narrowed: Mapping[str, int]


class Layout:
    """The requests of one kind of principal for one sort of resource, to be narrowed to a cell and action."""

    def __init__(self, boxes: Boxes) -> None:
        self.boxes = boxes
        self._at = {name: place for place, name in enumerate(boxes.names)}

    def column(self, number: int, action: str) -> object:
        """Return what tells one action from another: which Denies cover it, and which keys it can carry."""
        bits = 1 << number
        masks = self.boxes.parts[self._at["action"]].masks if "action" in self._at else ()
        return tuple(bool(each & bits) for each in masks), tuple(self._foreign(action))

    def universe(self, cell: Cell, number: int, action: str) -> Box:
        """Return the requests of a cell for an action. A key that the action does not take is absent."""
        found = list(self.boxes.universe)
        for name, bits in {**cell.narrowed, "action": 1 << number}.items():
            if name in self._at:
                found[self._at[name]] &= bits
        for name in self._foreign(action):
            place, key = self._at[name], name.removeprefix("key:")
            atoms = self.boxes.parts[place].atoms
            found[place] &= sum(1 << at for at, atom in enumerate(atoms) if atom.context.get(key) is None)
        return tuple(found)

    def touching(self, universe: Box) -> list[int]:
        """Return the Denies that cover some of the requests."""
        return [
            number
            for number, box in self.boxes.of.items()
            if all(mine & theirs for mine, theirs in zip(universe, box, strict=True))
        ]

    def covers(self, universe: Box, number: int) -> bool:
        """Whether one Deny covers all of the requests."""
        box = self.boxes.of.get(number)
        return box is not None and not any(mine & ~theirs for mine, theirs in zip(universe, box, strict=True))

    def _foreign(self, action: str) -> Iterator[str]:
        """Yield the dimensions of keys that only other actions take."""
        for name in self._at:
            if name.startswith("key:"):
                takes = known_key(name.removeprefix("key:")).actions
                if takes is not None and action not in takes:
                    yield name


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
        uncovered(universe, [layout.boxes.of[at] for at in numbers if at in touching], budget) is None
        for layout, universe, touching in asked
    )
