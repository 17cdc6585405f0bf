"""Question: the statements and the bucket that are asked about, and what counts as a request from outside."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.axes.axis import Exempt, Side, Universe
from s3_perimeter.proof.budget import Budget
from s3_perimeter.proof.denies import Place, ambiguous_keys, restricted
from s3_perimeter.semantics.patterns import folded

__all__ = ["SOURCE_IP", "TLS_VERSION", "Question"]

SOURCE_IP = "key:aws:sourceip"
"""The dimension of the addresses that requests come from."""
TLS_VERSION = "s3:tlsversion"


class Question:
    """What does not change from scenario to scenario.

    `statements` are placed in their dimensions, whose names are in `names`. `told` holds the conditions of
    each dimension that tell its values apart, with whether their policy knows variables, and `keys` the
    condition keys, in lower case, that are dimensions of their own. `about_the_bucket` and `about_objects`
    are the numbers of the statements that may cover the bucket, or some object.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        place: Place,
        universes: Sequence[Universe],
        budget: Budget,
        exempt: Exempt,
    ) -> None:
        self.place = place
        self.universes = universes
        self.budget = budget
        self.exempt = exempt
        ambiguous = ambiguous_keys(sides) | _read_in_two_ways(sides)
        self.statements = [restricted(side, place, ambiguous) for side in sides]
        numbered = list(enumerate(self.statements))
        self.about_the_bucket = [number for number, each in numbered if each.covers_bucket is not False]
        self.about_objects = [number for number, each in numbered if each.covers_objects is not False]
        self.told: dict[str, list[tuple[Condition, bool]]] = {}
        for each in self.statements:
            for name, conditions in each.conditions.items():
                told = self.told.setdefault(name, [])
                told += [
                    (placed.condition, each.side.variables)
                    for placed in conditions
                    if placed.known and not placed.ambiguous
                ]
        self.keys = frozenset(name.removeprefix("key:") for name in self.told if name.startswith("key:"))
        self.doubts_the_bucket = any(each.covers_bucket is None for each in self.statements)
        self.names = self._names()

    def _names(self) -> list[str]:
        """Return the dimensions that some statement restricts."""
        names = {*self.told}
        if any(each.who for each in self.statements) or self.exempt.break_glass or self.exempt.all_but:
            names.add("who")
        if any(each.action for each in self.statements):
            names.add("action")
        if self.doubts_the_bucket or any(each.covers_objects is None for each in self.statements):
            names.add("object")
        return sorted(names)


def _read_in_two_ways(sides: Sequence[Side]) -> frozenset[str]:
    """Return the key of TLS versions where some conditions take it for a number and others for a text: no
    list of versions stands for all of them then.
    """
    conditions = (each for side in sides for each in side.statement.conditions)
    operators = [each.operator for each in conditions if folded(each.key) == TLS_VERSION]
    both = all(any(sort in operator for operator in operators) for sort in ("Numeric", "String"))
    return frozenset({TLS_VERSION}) if both else frozenset()
