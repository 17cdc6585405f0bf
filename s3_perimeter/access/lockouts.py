"""Lock-outs: who has to get in and is denied all the same, at what job, from where, and from when on.

A lock-out is reported where *every* ordinary signed HTTPS request for an action of the job is denied for
certain: whoever of the account sends it, for whatever object, with whatever headers, and by whatever version
of TLS a client can choose. A Deny on what is not documented locks nobody out for certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from s3_perimeter.access.blame import Cell, Members, Numbers, Requests, blamed, exempts, exempts_bare
from s3_perimeter.access.jobs import ACTIONS, UNLOCKING, Whom, because, everybody_asked, fix
from s3_perimeter.addresses import AddressSet
from s3_perimeter.endpoints import endpoint_key
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.axes.time import moment_classes
from s3_perimeter.proof.axes.transport import TLS_OF_CLIENTS
from s3_perimeter.proof.keys import SOURCE_IP, known_key
from s3_perimeter.proof.outside import Doubt, Scenario, distinguished_kinds
from s3_perimeter.proof.result import Job, Lockout
from s3_perimeter.proof.space import Space
from s3_perimeter.semantics.request import Kind

__all__ = ["lockouts"]

_MOST_NETWORKS = 1000


@dataclass(slots=True)
class _Denied:
    """What some Denies block of one action: networks, and the numbers of the moments."""

    networks: AddressSet = field(default_factory=AddressSet.nothing)
    moments: set[int] = field(default_factory=set)


def lockouts(
    space: Space, perimeter: Perimeter, since: datetime, trusted_services: Sequence[str] = ()
) -> tuple[Lockout, ...]:
    """Return who is locked out by the Denies of a space, one entry for each of them and the Denies that do
    it; empty where everybody who has to can get in, at every moment from `since` on.

    Raises TooMuchWork where that takes more steps than the space's budget has.
    """
    question = _Question(space, perimeter, since)
    asked = everybody_asked(perimeter, trusted_services)
    return tuple(found for whom in asked for found in question.locked_out(whom))


class _Question:
    """The Denies of a policy, and the requests that they distinguish."""

    def __init__(self, space: Space, perimeter: Perimeter, since: datetime) -> None:
        self._rules = space.rules
        self._space = space
        self._who: dict[tuple[Kind, bool, str], list[RequestClass]] = {}
        self._members = Members(perimeter, since, space.outside.periods, space.time.conditions)
        self._perimeter = perimeter

    @property
    def _only_way(self) -> bool:
        """Whether the perimeter has one way in only."""
        ways = (bool(self._perimeter.allowed), *self._perimeter.break_glass, *self._perimeter.vpc_endpoints)
        return sum(map(bool, ways)) == 1

    def locked_out(self, whom: Whom) -> Iterator[Lockout]:
        """Yield the lock-outs of somebody, the Denies in their order."""
        counting = [at for at, each in enumerate(self._rules) if not exempts(each, whom, self._members)]
        if whom.are_members and not self._members.now:
            return
        if all(exempts_bare(self._rules[at], whom) for at in counting):
            return
        found: dict[Job, list[tuple[str, Numbers, _Denied]]] = {job: [] for job in whom.jobs}
        for on_object in (False, True):
            jobs = [job for job in whom.jobs if job.on_object is on_object]
            actions = tuple(dict.fromkeys(action for job in jobs for action in ACTIONS[job]))
            denied = self._denied(whom, on_object, actions, counting) if actions else {}
            for job in jobs:
                for action in ACTIONS[job]:
                    found[job] += [(action, *each) for each in denied.get(action, {}).items()]
        if whom.one_is_enough and not all(found.values()):
            return
        yield from self._reported(whom, found)

    def _denied(
        self, whom: Whom, on_object: bool, actions: Sequence[str], counting: Sequence[int]
    ) -> dict[str, dict[Numbers, _Denied]]:
        """Return from where each action is blocked, by the Denies that do it."""
        space = self._space
        numbers_of = set(space.about(on_object=on_object)).intersection(counting)
        if not numbers_of:
            return {}
        chosen: dict[Axis, Sequence[RequestClass]] = {
            **_ordinary(space),
            space.action: [RequestClass(action=action) for action in actions],
            space.time: moment_classes(self._members.moments),
        }
        parts = self._members.parts(space.address.conditions) if whom.are_members else []
        if whom.are_members:
            chosen[space.address] = [RequestClass.of_addresses(SOURCE_IP, part) for part in parts]
        key = endpoint_key(whom.endpoint).lower() if whom.endpoint else ""
        endpoint = space.axis_of(key)
        if whom.endpoint and endpoint:
            chosen[endpoint] = [RequestClass({key: (whom.endpoint,)})]
        requests = list(self._requests(whom, on_object, chosen, numbers_of))
        if not requests:
            return {}
        cells = list(self._cells(parts if whom.are_members else None, requests[0]))
        found: dict[str, dict[Numbers, _Denied]] = {}
        same: dict[object, dict[Numbers, _Denied]] = {}
        for number, action in enumerate(actions):
            alike = requests[0].column(number, action)
            if alike not in same:
                same[alike] = {}
                for cell in cells:
                    for numbers in blamed(requests, cell, number, action, space.budget):
                        denied = same[alike].setdefault(numbers, _Denied())
                        denied.moments.add(cell.moment)
                        if cell.addresses is not None:
                            denied.networks |= cell.addresses
            found[action] = same[alike]
        return found

    def _requests(
        self,
        whom: Whom,
        on_object: bool,
        chosen: Mapping[Axis, Sequence[RequestClass]],
        numbers: Iterable[int],
    ) -> Iterator[Requests]:
        """Yield the requests of each kind of principal that somebody is, as boxes."""
        space = self._space
        kinds = whom.kinds
        if not space.principal.is_distinguished:
            kinds = distinguished_kinds(whom.channel, space.keys, tuple(whom.kinds))
        for kind in kinds:
            callers = self._callers(whom, kind)
            if not callers:
                continue
            scenario = Scenario(whom.channel, kind, on_object, doubt=Doubt.DOCUMENTED)
            boxes = space.boxes(scenario, {**chosen, space.principal: callers}, numbers)
            if not boxes.is_empty:
                yield Requests(boxes, space.action)

    def _callers(self, whom: Whom, kind: Kind) -> list[RequestClass]:
        """Return who of a kind somebody is, one of every class."""
        asked = (kind, whom.service is not None, whom.service or whom.arn or "")
        if asked not in self._who:
            principal = self._space.principal
            if whom.service is not None:
                self._who[asked] = principal.services(whom.service)
            else:
                self._who[asked] = principal.with_arn(kind, whom.arn) if whom.arn else principal.members(kind)
        return self._who[asked]

    def _cells(self, parts: Sequence[AddressSet] | None, requests: Requests) -> Iterator[Cell]:
        """Yield what to ask about: at each moment the addresses that are allowed then."""
        for number, moment in enumerate(self._members.moments):
            at: dict[Axis, int] = {self._space.time: 1 << number}
            if parts is None:
                yield Cell(number, None, at)
                continue
            allowed = self._members.at(moment)
            if requests.boxes.at(self._space.address) is None:
                yield from [Cell(number, allowed, at)] if allowed else []
                continue
            for place, part in enumerate(parts):
                if part & allowed:
                    yield Cell(number, part, {**at, self._space.address: 1 << place})

    def _reported(
        self, whom: Whom, found: Mapping[Job, Sequence[tuple[str, Numbers, _Denied]]]
    ) -> Iterator[Lockout]:
        """Yield one lock-out for all jobs that the same Denies block alike."""
        moments = self._members.moments
        together: dict[tuple[Numbers, tuple[str, ...], int, int | None], dict[Job, list[str]]] = {}
        for job, all_denied in found.items():
            for action, numbers, denied in all_denied:
                begin = min(denied.moments)
                end = next((at for at in range(begin, len(moments)) if at not in denied.moments), None)
                key = (numbers, denied.networks.cidrs()[:_MOST_NETWORKS], begin, end)
                together.setdefault(key, {}).setdefault(job, []).append(action)
        for (numbers, networks, begin, end), jobs in sorted(
            together.items(), key=lambda each: (each[0][0], each[0][2], each[0][1])
        ):
            statements = [self._rules[at] for at in numbers]
            for_good = self._only_way and set(jobs.get(Job.MAINTAIN, ())).issuperset(UNLOCKING)
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


def _ordinary(space: Space) -> dict[Axis, Sequence[RequestClass]]:
    """Return how an ordinary request is sent and signed."""
    found: dict[Axis, Sequence[RequestClass]] = {space.transport: TLS_OF_CLIENTS}
    for name in space.keys:
        ordinary, axis = known_key(name).ordinary, space.axis_of(name)
        if ordinary and axis:
            found[axis] = [RequestClass({name: (ordinary,)})]
    return found
