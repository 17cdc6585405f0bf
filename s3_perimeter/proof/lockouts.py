"""Lock-outs: who has to get in and is denied all the same, at what job, from where, and from when on.

A lock-out is reported where *every* ordinary signed HTTPS request for an action of the job is denied for
certain: whoever of the account sends it, for whatever object, with whatever headers, and by whatever version
of TLS a client can choose. A Deny on what is not documented locks nobody out for certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.atoms import TLS_OF_CLIENTS, address_atoms, moment_atoms
from s3_perimeter.proof.boxes import Box, Boxes, uncovered
from s3_perimeter.proof.jobs import ACTIONS, UNLOCKING, Job, Whom, everybody_asked
from s3_perimeter.proof.keys import Presence, key_named, presence
from s3_perimeter.proof.lockout_words import because, fix
from s3_perimeter.proof.model import Atom, Scenario, Side, Values
from s3_perimeter.proof.networks import address_set, split
from s3_perimeter.proof.proof import Lockout
from s3_perimeter.proof.question import SOURCE_IP
from s3_perimeter.proof.restrict import known_key
from s3_perimeter.proof.scenarios import kinds_told_apart
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.values import moments
from s3_perimeter.semantics.conditions import NEGATED, holds
from s3_perimeter.semantics.patterns import folded

__all__ = ["lockouts"]

_SOURCE_IP = "aws:sourceip"
_ENDPOINT = "aws:sourcevpce"
_MOST_NETWORKS = 1000
_ORDINARY: dict[str, Sequence[Atom]] = {
    "transport": TLS_OF_CLIENTS,
    "key:s3:authtype": (Atom({"s3:authtype": ("REST-HEADER",)}),),
    "key:s3:signatureversion": (Atom({"s3:signatureversion": ("AWS4-HMAC-SHA256",)}),),
}
"""How an ordinary request is sent and signed."""
_EVERYONE: dict[str, Values | None] = {"aws:securetransport": ("true",), "aws:viaawsservice": ("false",)}
_PERSON: dict[str, Values | None] = {
    **_EVERYONE,
    "aws:principalisawsservice": ("false",),
    "aws:principalservicename": None,
}
_NO_NETWORK: dict[str, Values | None] = dict.fromkeys((_ENDPOINT, "aws:sourcevpc", "aws:vpcsourceip"))

Numbers: TypeAlias = tuple[int, ...]
"""The Denies that lock somebody out together, by their numbers."""


class _Cell(NamedTuple):
    """Requests from some allowed addresses (None: from wherever it is) at a moment, by their number."""

    moment: int
    addresses: AddressSet | None
    narrowed: Mapping[str, int]


@dataclass(slots=True)
class _Shut:
    """What some Denies shut out of one action: networks, and the numbers of the moments."""

    networks: AddressSet = field(default_factory=AddressSet.nothing)
    moments: set[int] = field(default_factory=set)


def lockouts(
    sides: Sequence[Side],
    space: Space,
    perimeter: Perimeter,
    since: datetime,
    trusted_services: Sequence[str] = (),
) -> tuple[Lockout, ...]:
    """Return who is locked out, one entry for each of them and the Denies that do it; empty where everybody
    who has to can get in, at every moment from `since` on.
    """
    question = _Question(sides, space, perimeter, since)
    asked = everybody_asked(
        perimeter.vpc_endpoints,
        perimeter.break_glass,
        trusted_services,
        any_service=perimeter.trust_aws_services,
    )
    return tuple(found for whom in asked for found in question.locked_out(whom))


class _Question:
    """The Denies of a policy, and the moments and addresses that they and the allow-list tell apart."""

    def __init__(self, sides: Sequence[Side], space: Space, perimeter: Perimeter, since: datetime) -> None:
        self._sides = sides
        self._space = space
        self._expiring = [(entry.until, entry.addresses) for entry in perimeter.expiring]
        over = [addresses for until, addresses in self._expiring if until <= since]
        self._allowed = perimeter.allowed
        for addresses in over:
            self._allowed -= addresses
        self._other_ways = bool(perimeter.break_glass or perimeter.vpc_endpoints)
        self._moments = [since]
        if "time" in space.names:
            universes = [max(since, universe.since) for universe in space.universes]
            self._moments = moments(space.told("time"), [since, *universes], finer=False)

    def locked_out(self, whom: Whom) -> Iterator[Lockout]:
        """Yield the lock-outs of somebody, the Denies in their order."""
        counting = [at for at, side in enumerate(self._sides) if not self._spares(side, whom)]
        if whom.are_members and not self._allowed:
            return
        if all(_spares_bare(self._sides[at], whom) for at in counting):
            return
        found: dict[Job, dict[Numbers, dict[str, _Shut]]] = {job: {} for job in whom.jobs}
        for on_object in (False, True):
            jobs = [job for job in whom.jobs if job.on_object is on_object]
            actions = tuple(dict.fromkeys(action for job in jobs for action in ACTIONS[job]))
            shut = self._shut(whom, on_object, actions, counting) if actions else {}
            for job in jobs:
                for action in ACTIONS[job]:
                    for numbers, each in shut.get(action, {}).items():
                        found[job].setdefault(numbers, {})[action] = each
        if whom.one_is_enough and not all(found.values()):
            return
        yield from self._told(whom, found)

    def _spares(self, side: Side, whom: Whom) -> bool:
        """Whether a statement matches no request of somebody, by one condition on a key of which it is known
        what those hold. So does a fence that exempts them, and that is all there is to ask then.
        """
        if whom.are_members and not _denied(side, self._allowed):
            return True
        known = _known(whom)
        for condition in side.statement.conditions:
            name = folded(condition.key)
            if name in known and holds(condition, known[name], variables=side.variables) is False:
                return True
        return False

    def _shut(
        self, whom: Whom, on_object: bool, actions: Sequence[str], counting: Sequence[int]
    ) -> dict[str, dict[Numbers, _Shut]]:
        """Return what each action is shut out from, by the Denies that do it."""
        alive = set(self._space.alive(on_object=on_object)).intersection(counting)
        if not alive:
            return {}
        chosen: dict[str, Sequence[Atom]] = {
            **_ORDINARY,
            "action": [Atom(action=action) for action in actions],
            "time": moment_atoms(self._moments),
        }
        parts = self._parts() if whom.are_members else []
        if whom.are_members:
            chosen[SOURCE_IP] = address_atoms(_SOURCE_IP, parts, absent=False)
        if whom.endpoint:
            chosen[f"key:{_ENDPOINT}"] = [Atom({_ENDPOINT: (whom.endpoint,)})]
        layouts = [_Layout(boxes) for boxes in self._layouts(whom, on_object, chosen, alive)]
        if not layouts:
            return {}
        cells = list(self._cells(parts if whom.are_members else None, layouts[0]))
        found: dict[str, dict[Numbers, _Shut]] = {}
        same: dict[object, dict[Numbers, _Shut]] = {}
        for number, action in enumerate(actions):
            alike = layouts[0].column(number, action)
            if alike not in same:
                same[alike] = {}
                for cell in cells:
                    for numbers in self._blamed(layouts, cell, number, action):
                        shut = same[alike].setdefault(numbers, _Shut())
                        shut.moments.add(cell.moment)
                        if cell.addresses is not None:
                            shut.networks |= cell.addresses
            found[action] = same[alike]
        return found

    def _layouts(
        self, whom: Whom, on_object: bool, chosen: Mapping[str, Sequence[Atom]], alive: Iterable[int]
    ) -> Iterator[Boxes]:
        """Yield the requests of each kind of principal that somebody is, as boxes."""
        space = self._space
        kinds = whom.kinds
        if not space.tells_principals_apart:
            kinds = kinds_told_apart(whom.channel, space.keys, tuple(whom.kinds))
        for kind in kinds:
            if whom.service is not None:
                who = space.callers.services(whom.service)
            elif whom.arn is not None:
                who = space.callers.exempt(kind, whom.arn)
            else:
                who = space.callers.members(kind)
            if not who:
                continue
            scenario = Scenario(whom.channel, kind, on_object, usual=True)
            boxes = Boxes(space.asked(scenario, {**chosen, "who": who}), alive)
            if all(boxes.universe):
                yield boxes

    def _parts(self) -> list[AddressSet]:
        """Return the parts of the allow-list that conditions and expiring entries tell apart."""
        sets: list[AddressSet] = [addresses for _, addresses in self._expiring]
        for condition, variables in self._space.told(SOURCE_IP):
            named = None if condition.operator == "Null" else address_set(condition, variables=variables)
            if named is not None and named not in sets:
                sets.append(named)
        return [part for part, _ in split(self._allowed, sets)]

    def _cells(self, parts: Sequence[AddressSet] | None, layout: _Layout) -> Iterator[_Cell]:
        """Yield what to ask about: at each moment the addresses that are allowed then."""
        for number, moment in enumerate(self._moments):
            at = {"time": 1 << number}
            if parts is None:
                yield _Cell(number, None, at)
                continue
            over = [addresses for until, addresses in self._expiring if until <= moment]
            left = [
                (place, part)
                for place, part in enumerate(parts)
                if not any(part & addresses for addresses in over)
            ]
            if SOURCE_IP in layout.boxes.names:
                yield from (_Cell(number, part, {**at, SOURCE_IP: 1 << place}) for place, part in left)
            elif left:
                together = AddressSet.nothing()
                for _, part in left:
                    together |= part
                yield _Cell(number, together, at)

    def _blamed(self, layouts: Sequence[_Layout], cell: _Cell, number: int, action: str) -> list[Numbers]:
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
        alone = [
            each for each in numbers if all(layout.covers(universe, each) for layout, universe, _ in asked)
        ]
        if alone:
            return [(each,) for each in alone]
        if not self._covered(asked, numbers):
            return []
        for each in list(numbers):
            without = [other for other in numbers if other != each]
            if self._covered(asked, without):
                numbers = without
        return [tuple(numbers)]

    def _covered(self, asked: Sequence[tuple[_Layout, Box, Sequence[int]]], numbers: Iterable[int]) -> bool:
        """Whether those Denies leave none of the requests."""
        return all(
            uncovered(universe, [layout.boxes.of[at] for at in numbers if at in touching], self._space.budget)
            is None
            for layout, universe, touching in asked
        )

    def _told(
        self, whom: Whom, found: Mapping[Job, Mapping[Numbers, Mapping[str, _Shut]]]
    ) -> Iterator[Lockout]:
        """Yield one lock-out for all jobs that the same Denies shut out alike."""
        together: dict[tuple[Numbers, tuple[str, ...], int, int | None], dict[Job, list[str]]] = {}
        for job, by_numbers in found.items():
            for numbers, by_action in by_numbers.items():
                for action, shut in by_action.items():
                    begin = min(shut.moments)
                    end = next(
                        (at for at in range(begin, len(self._moments)) if at not in shut.moments), None
                    )
                    key = (numbers, shut.networks.cidrs()[:_MOST_NETWORKS], begin, end)
                    together.setdefault(key, {}).setdefault(job, []).append(action)
        for (numbers, networks, begin, end), jobs in sorted(
            together.items(), key=lambda each: (each[0][0], each[0][2], each[0][1])
        ):
            statements = [self._sides[at].statement for at in numbers]
            denied = set(jobs.get(Job.MAINTAIN, ()))
            for_good = whom.are_members and not self._other_ways and denied.issuperset(UNLOCKING)
            for_good = for_good and networks == self._allowed.cidrs()[:_MOST_NETWORKS]
            begins = self._moments[begin] if begin else None
            ends = self._moments[end] if end is not None else None
            yield Lockout(
                networks,
                because(statements, whom, networks, jobs, begins, ends, for_good=for_good),
                tuple(jobs),
                str(whom),
                begins,
                ends,
                fix(statements, whom),
            )


class _Layout:
    """The requests of one kind of principal for one sort of resource, to be narrowed to a cell and action."""

    def __init__(self, boxes: Boxes) -> None:
        self.boxes = boxes
        self._at = {name: place for place, name in enumerate(boxes.names)}

    def column(self, number: int, action: str) -> object:
        """Return what tells one action from another: which Denies cover it, and which keys it can carry."""
        bits = 1 << number
        masks = self.boxes.parts[self._at["action"]].masks if "action" in self._at else ()
        return tuple(bool(each & bits) for each in masks), tuple(self._foreign(action))

    def universe(self, cell: _Cell, number: int, action: str) -> Box:
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


def _known(whom: Whom) -> Mapping[str, Values | None]:
    """Return what is known of keys in every request of somebody; None is an absent one."""
    if whom.service is not None:
        named = {"aws:principalservicename": (whom.service,)} if whom.service else {}
        service = {"aws:principalisawsservice": ("true",), _SOURCE_IP: None}
        return {**_EVERYONE, **_NO_NETWORK, **service, **named}
    if whom.endpoint is not None:
        return {**_PERSON, _SOURCE_IP: None, _ENDPOINT: (whom.endpoint,)}
    plain = whom.arn is not None and not set(whom.arn) & set("*?")
    return {**_PERSON, **_NO_NETWORK, **({"aws:principalarn": (whom.arn or "",)} if plain else {})}


def _spares_bare(side: Side, whom: Whom) -> bool:
    """Whether a statement matches no request of somebody that carries no key which it need not carry. Where
    all spare those, no value of such a key has to be looked at.
    """
    for condition in side.statement.conditions:
        name = folded(condition.key)
        key = key_named(name)
        if (
            key is not None
            and f"key:{name}" not in _ORDINARY
            and presence(key, whom.channel, whom.kinds[0]) in (Presence.FREE, Presence.DOUBTFUL)
            and holds(condition, None, variables=side.variables) is False
        ):
            return True
    return False


def _denied(side: Side, allowed: AddressSet) -> AddressSet:
    """Return the allowed addresses for which a statement's conditions on the source address hold."""
    denied = allowed
    for condition in side.statement.conditions:
        if folded(condition.key) != _SOURCE_IP or condition.operator == "Null":
            continue
        addresses = address_set(condition, variables=side.variables)
        if addresses is None:
            return AddressSet.nothing()
        denied = denied - addresses if condition.operator in NEGATED else denied & addresses
    return denied
