"""Blame: which Denies keep out somebody who has to get in.

Most of them plainly match none of theirs: a fence that exempts somebody exempts them by one condition, and
where all Denies do there is nothing to ask. Those that are left are asked about an action, addresses and a
moment at a time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from s3_perimeter.access.jobs import Whom
from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition, Statement
from s3_perimeter.endpoints import ENDPOINT_KEYS, endpoint_key
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import Values
from s3_perimeter.proof.axes.time import moment_classes
from s3_perimeter.proof.boxes import Box, Boxes, covers, intersection, uncovered
from s3_perimeter.proof.condition_key import Presence, presence
from s3_perimeter.proof.keys import SOURCE_IP, TIME_KEYS, key_named
from s3_perimeter.proof.outside import Period
from s3_perimeter.proof.values import address_set, addresses_named, moments, split
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.conditions import holds

__all__ = ["Cell", "Members", "Numbers", "Requests", "blamed", "exempts", "exempts_bare"]

Numbers: TypeAlias = tuple[int, ...]
"""The Denies that lock somebody out together, by their numbers."""

_EVERYONE: dict[str, Values | None] = {"aws:securetransport": ("true",), "aws:viaawsservice": ("false",)}
_PERSON: dict[str, Values | None] = {
    **_EVERYONE,
    "aws:principalisawsservice": ("false",),
    "aws:principalservicename": None,
}
_NO_NETWORK: dict[str, Values | None] = dict.fromkeys(
    ("aws:sourcevpc", "aws:vpcsourceip", *(key.lower() for key in ENDPOINT_KEYS))
)
_OVER_THE_INTERNET = {**_PERSON, **_NO_NETWORK}


class Members:
    """An allow-list over time: `now` is what is allowed at first, `moments` those to look at, in order."""

    def __init__(
        self,
        perimeter: Perimeter,
        since: datetime,
        periods: Iterable[Period],
        about_time: Sequence[Condition],
    ) -> None:
        self._expiring = [(entry.until, entry.addresses) for entry in perimeter.expiring]
        self._known: dict[datetime, AddressSet] = {}
        self.now = perimeter.allowed
        self.now = self.at(since)
        self.moments = [since]
        if about_time:
            known = [since, *(max(since, period.since) for period in periods)]
            self.moments = moments(about_time, known, finer=False)

    def at(self, moment: datetime) -> AddressSet:
        """Return the addresses that are allowed at a moment."""
        if moment not in self._known:
            left = self.now
            for until, addresses in self._expiring:
                left = left - addresses if until <= moment else left
            self._known[moment] = left
        return self._known[moment]

    def parts(self, about_addresses: Iterable[Condition]) -> list[AddressSet]:
        """Return the parts of what is allowed that conditions and expiring entries distinguish."""
        expiring = [addresses for _, addresses in self._expiring]
        named = [each for each in addresses_named(about_addresses) if each not in expiring]
        return [part for part, _ in split(self.now, [*expiring, *named])]


def exempts(statement: Statement, whom: Whom, members: Members) -> bool:
    """Whether a statement matches no request of somebody, by one condition on a key of which it is known what
    those hold.
    """
    known = _known(whom)
    for condition in statement.conditions:
        name = condition.name
        if name in known and holds(condition, known[name]) is False:
            return True
    return whom.are_members and not _denies_members(statement, members)


def exempts_bare(statement: Statement, whom: Whom) -> bool:
    """Whether a statement matches no request of somebody that carries no key which it need not carry. Where
    all exempt those, no value of such a key has to be looked at.
    """
    for condition in statement.conditions:
        name = condition.name
        key = key_named(name)
        if (
            key is not None
            and not key.ordinary
            and presence(key, whom.channel, whom.kinds[0]) in (Presence.FREE, Presence.DOUBTFUL)
            and holds(condition, None) is False
        ):
            return True
    return False


def _denies_members(statement: Statement, members: Members) -> bool:
    """Whether a statement's conditions on addresses and time hold for an address that is allowed then."""
    denied = _denied(statement, members.now)
    if not denied:
        return False
    about_time = [each for each in statement.conditions if each.name in TIME_KEYS]
    if not about_time:
        return True
    for moment, its_class in zip(members.moments, moment_classes(members.moments), strict=True):
        held = (holds(each, its_class.context[each.name]) for each in about_time)
        if False not in held and denied & members.at(moment):
            return True
    return False


def _known(whom: Whom) -> Mapping[str, Values | None]:
    """Return what is known of keys in every request of somebody; None is an absent one."""
    if whom.service is not None:
        named = {"aws:principalservicename": (whom.service,)} if whom.service else {}
        service = {"aws:principalisawsservice": ("true",), SOURCE_IP: None}
        return {**_EVERYONE, **_NO_NETWORK, **service, **named}
    if whom.endpoint is not None:
        return {**_PERSON, SOURCE_IP: None, endpoint_key(whom.endpoint).lower(): (whom.endpoint,)}
    if whom.arn is None or set(whom.arn) & set("*?"):
        return _OVER_THE_INTERNET
    return {**_OVER_THE_INTERNET, "aws:principalarn": (whom.arn,)}


def _denied(statement: Statement, allowed: AddressSet) -> AddressSet:
    """Return the allowed addresses for which a statement's conditions on the source address hold."""
    denied = allowed
    for condition in statement.conditions:
        if condition.name != SOURCE_IP or condition.operator == "Null":
            continue
        addresses = address_set(condition)
        if addresses is None:
            return AddressSet.nothing()
        denied = denied - addresses if condition.is_negated else denied & addresses
    return denied


class Cell(NamedTuple):
    """Requests from some allowed addresses (None: from wherever it is) at a moment, by their number."""

    moment: int
    addresses: AddressSet | None
    narrowed: Mapping[Axis, int]


class Requests:
    """The requests of one kind of principal for one sort of resource, to be narrowed to a cell and action."""

    def __init__(self, boxes: Boxes, action: Axis) -> None:
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
            number for number, box in self.boxes.covered.items() if intersection(universe, box) is not None
        ]

    def covers(self, universe: Box, number: int) -> bool:
        """Whether one Deny covers all of the requests."""
        box = self.boxes.covered.get(number)
        return box is not None and covers(box, universe)

    def _foreign(self, action: str) -> tuple[int, ...]:
        """Return the places of the keys that only other actions take."""
        return tuple(at for at, axis in enumerate(self.boxes.axes) if not axis.taken_by(action))


def blamed(
    requests: Sequence[Requests], cell: Cell, number: int, action: str, budget: Budget
) -> list[Numbers]:
    """Return the Denies that cover every request of a cell: each that does alone, else those that do
    together; none where some request gets through.
    """
    universes = [each.universe(cell, number, action) for each in requests]
    asked = [
        (each, universe, each.touching(universe))
        for each, universe in zip(requests, universes, strict=True)
        if all(universe)
    ]
    if not asked or not all(touching for _, _, touching in asked):
        return []
    numbers = sorted({each for _, _, touching in asked for each in touching})
    alone = [each for each in numbers if all(one.covers(universe, each) for one, universe, _ in asked)]
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
    asked: Sequence[tuple[Requests, Box, Sequence[int]]], numbers: Iterable[int], budget: Budget
) -> bool:
    """Whether those Denies leave none of the requests."""
    return all(
        uncovered(universe, [each.boxes.covered[at] for at in numbers if at in touching], budget) is None
        for each, universe, touching in asked
    )
