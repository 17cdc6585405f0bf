"""Lock-outs: who has to get in and is denied all the same, at what job, from where, and from when on.

A lock-out is reported where *every* ordinary signed HTTPS request for an action of the job is denied for
certain: whoever of the account sends it, for whatever object, with whatever headers, and by whatever version
of TLS a client can choose. A Deny on what is not documented locks nobody out for certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.axis import Atom, Scenario, Side
from s3_perimeter.proof.axes.key import TLS_OF_CLIENTS, address_atoms, moment_atoms
from s3_perimeter.proof.boxes import Boxes
from s3_perimeter.proof.doubt import Doubt
from s3_perimeter.proof.jobs import ACTIONS, UNLOCKING, Job, Whom, everybody_asked
from s3_perimeter.proof.layout import Cell, Layout, Numbers, blamed
from s3_perimeter.proof.lockout_words import because, fix
from s3_perimeter.proof.membership import Membership
from s3_perimeter.proof.outside import kinds_told_apart
from s3_perimeter.proof.question import SOURCE_IP
from s3_perimeter.proof.result import Lockout
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.sparing import spares, spares_bare
from s3_perimeter.semantics.request import Kind

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
    """The Denies of a policy, and the requests that they tell apart."""

    def __init__(self, sides: Sequence[Side], space: Space, perimeter: Perimeter, since: datetime) -> None:
        self._sides = sides
        self._space = space
        self._who: dict[tuple[Kind, bool, str], list[Atom]] = {}
        self._members = Membership(perimeter, since, space.universes, space.told("time"))
        self._other_ways = bool(perimeter.break_glass or perimeter.vpc_endpoints)

    def locked_out(self, whom: Whom) -> Iterator[Lockout]:
        """Yield the lock-outs of somebody, the Denies in their order."""
        counting = [at for at, side in enumerate(self._sides) if not spares(side, whom, self._members)]
        if whom.are_members and not self._members.now:
            return
        if all(spares_bare(self._sides[at], whom) for at in counting):
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
            "time": moment_atoms(self._members.moments),
        }
        parts = self._members.parts(self._space.told(SOURCE_IP)) if whom.are_members else []
        if whom.are_members:
            chosen[SOURCE_IP] = address_atoms(_SOURCE_IP, parts, absent=False)
        if whom.endpoint:
            chosen[f"key:{_ENDPOINT}"] = [Atom({_ENDPOINT: (whom.endpoint,)})]
        layouts = [Layout(boxes) for boxes in self._layouts(whom, on_object, chosen, alive)]
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
                    for numbers in blamed(layouts, cell, number, action, self._space.budget):
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
            who = self._callers(whom, kind)
            if not who:
                continue
            scenario = Scenario(whom.channel, kind, on_object, doubt=Doubt.DOCUMENTED)
            boxes = Boxes(space.asked(scenario, {**chosen, "who": who}), alive)
            if all(boxes.universe):
                yield boxes

    def _callers(self, whom: Whom, kind: Kind) -> list[Atom]:
        """Return who of a kind somebody is, one of every class."""
        asked = (kind, whom.service is not None, whom.service or whom.arn or "")
        if asked not in self._who:
            callers = self._space.callers
            if whom.service is not None:
                self._who[asked] = callers.services(whom.service)
            else:
                self._who[asked] = callers.exempt(kind, whom.arn) if whom.arn else callers.members(kind)
        return self._who[asked]

    def _cells(self, parts: Sequence[AddressSet] | None, layout: Layout) -> Iterator[Cell]:
        """Yield what to ask about: at each moment the addresses that are allowed then."""
        for number, moment in enumerate(self._members.moments):
            at = {"time": 1 << number}
            if parts is None:
                yield Cell(number, None, at)
                continue
            allowed = self._members.at(moment)
            if SOURCE_IP not in layout.boxes.names:
                yield from [Cell(number, allowed, at)] if allowed else []
                continue
            for place, part in enumerate(parts):
                if part & allowed:
                    yield Cell(number, part, {**at, SOURCE_IP: 1 << place})

    def _told(
        self, whom: Whom, found: Mapping[Job, Mapping[Numbers, Mapping[str, _Shut]]]
    ) -> Iterator[Lockout]:
        """Yield one lock-out for all jobs that the same Denies shut out alike."""
        moments = self._members.moments
        together: dict[tuple[Numbers, tuple[str, ...], int, int | None], dict[Job, list[str]]] = {}
        for job, by_numbers in found.items():
            for numbers, by_action in by_numbers.items():
                for action, shut in by_action.items():
                    begin = min(shut.moments)
                    end = next((at for at in range(begin, len(moments)) if at not in shut.moments), None)
                    key = (numbers, shut.networks.cidrs()[:_MOST_NETWORKS], begin, end)
                    together.setdefault(key, {}).setdefault(job, []).append(action)
        for (numbers, networks, begin, end), jobs in sorted(
            together.items(), key=lambda each: (each[0][0], each[0][2], each[0][1])
        ):
            statements = [self._sides[at].statement for at in numbers]
            denied = set(jobs.get(Job.MAINTAIN, ()))
            for_good = whom.are_members and not self._other_ways and denied.issuperset(UNLOCKING)
            for_good = for_good and networks == self._members.now.cidrs()[:_MOST_NETWORKS]
            begins = moments[begin] if begin else None
            ends = moments[end] if end is not None else None
            yield Lockout(
                networks,
                because(statements, whom, networks, jobs, begins, ends, for_good=for_good),
                tuple(jobs),
                str(whom),
                begins,
                ends,
                fix(statements, whom),
            )
