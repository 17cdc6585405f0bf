"""Decide: is every request from outside the allow-list denied? Channel by channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from perimeter.document import PolicyDocument
from perimeter.evaluate import evaluate
from perimeter.fence import Perimeter
from perimeter.prove.bounds import Budget, TooMuchWork
from perimeter.prove.boxes import uncovered
from perimeter.prove.lockouts import lockouts
from perimeter.prove.model import Exempt, Scenario, Side, Universe
from perimeter.prove.networks import MAPPED
from perimeter.prove.proof import Lockout, Proof, Verdict, Witness
from perimeter.prove.restrict import Place
from perimeter.prove.space import Space
from perimeter.request import Channel

__all__ = ["prove"]

_ADDRESSES = ~MAPPED
_WITH_ADDRESS = (Channel.PUBLIC_SIGNED, Channel.PUBLIC_ANONYMOUS, Channel.FORWARD_ACCESS)


def prove(
    policy: PolicyDocument,
    perimeter: Perimeter,
    *,
    now: datetime | None = None,
    trusted_services: Iterable[str] = (),
) -> Proof:
    """Prove that every request from outside the perimeter is explicitly denied, or show one that is not.

    The proof is for all times from `now` on; without one, from the clock's. `trusted_services` are service
    principals exempt by name, as the access-log bucket needs one.

    Never *proved* wrongly: whatever AWS does not document counts for the attacker. And every witness has been
    given to the plain evaluator before it is returned.
    """
    since = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    sides = [
        Side(statement, policy.version == "2012-10-17")
        for statement in policy.statements
        if statement.effect == "Deny"
    ]
    budget = Budget()
    exempt = Exempt(perimeter.vpc_endpoints, perimeter.break_glass, tuple(trusted_services))
    place = Place(perimeter.bucket, perimeter.partition, perimeter.account)
    space = Space(sides, place, _universes(perimeter, since), budget, exempt)
    escapes: list[Witness] = []
    undecided: list[str] = []
    for channel in Channel:
        if channel is Channel.AWS_SERVICE and perimeter.trust_aws_services:
            continue
        try:
            found = _channel(policy, space, channel)
        except TooMuchWork as reason:
            undecided.append(f"{channel.value}: not decided, {reason}")
            continue
        if isinstance(found, Witness):
            escapes.append(found)
        elif found is not None:
            undecided.append(f"{channel.value}: {found}")
    shut_out: tuple[Lockout, ...] = ()
    try:
        shut_out = lockouts(sides, space, perimeter, since)
    except TooMuchWork as reason:
        undecided.append(f"lock-outs: not decided, {reason}")
        if not escapes and len(undecided) == 1:
            return Proof(Verdict.PROVED, (), (), _residual(perimeter), space.opaque, tuple(undecided))
    verdict = Verdict.ESCAPE if escapes else Verdict.UNKNOWN if undecided else Verdict.PROVED
    doubtful = [f"condition key `{name}`" for name in space.doubtful()] if undecided else []
    return Proof(
        verdict,
        tuple(escapes),
        shut_out,
        _residual(perimeter),
        (*space.opaque, *doubtful),
        tuple(undecided),
    )


def _universes(perimeter: Perimeter, since: datetime) -> list[Universe]:
    """Return what counts as outside: what is not allowed, and what is not any more, from that moment on."""
    outside = _ADDRESSES - perimeter.allowed
    expired = [
        Universe(entry.addresses - MAPPED, max(since, entry.until.astimezone(UTC)))
        for entry in perimeter.expiring
        if entry.addresses - MAPPED
    ]
    return [Universe(outside, since), *expired]


def _channel(policy: PolicyDocument, space: Space, channel: Channel) -> Witness | str | None:
    """Return a witness, or why there is neither witness nor proof, or None: the channel is sealed."""
    if all(_sealed(space, scenario) for scenario in _scenarios(space, channel)):
        return None
    for scenario in _plausible(space, channel):
        boxes = space.boxes(scenario)
        if not all(boxes.universe):
            continue
        region = uncovered(boxes.universe, list(boxes.of.values()), space.budget)
        if region is None:
            continue
        request = space.request(scenario, boxes.atoms(region))
        if not evaluate(policy, request).surely_not_denied:
            return "the witness found is denied by the evaluator: an error in this program, please report it"
        return Witness.of(channel, request, policy)
    return "neither proved nor refuted: what might get through rests on what is not modelled"


def _sealed(space: Space, scenario: Scenario) -> bool:
    """Whether the Denies cover every request of a scenario."""
    boxes = space.boxes(scenario)
    if not all(boxes.universe):
        return True
    return uncovered(boxes.universe, list(boxes.of.values()), space.budget) is None


def _scenarios(space: Space, channel: Channel) -> Iterator[Scenario]:
    """Yield the scenarios that make up a channel, every doubt being the attacker's."""
    targets = (True,) if space.objects_are_like_the_bucket else (True, False)
    for universe in _universe_numbers(space, channel):
        for kind in space.kinds(channel):
            for on_object in targets:
                yield Scenario(channel, kind, on_object, universe)


def _plausible(space: Space, channel: Channel) -> Iterator[Scenario]:
    """Yield the scenarios in which an escape is one for certain, those that need no special key first."""
    scenarios = list(_scenarios(space, channel))
    for focus in (None, *space.focusable):
        for each in scenarios:
            yield Scenario(each.channel, each.kind, each.on_object, each.universe, True, focus)


def _universe_numbers(space: Space, channel: Channel) -> list[int]:
    """Return the universes that count in a channel; one without addresses has only the first one's time."""
    if channel not in _WITH_ADDRESS:
        # A service's request may come from an address that has expired, and from none.
        return list(range(len(space.universes))) if channel is Channel.AWS_SERVICE else [0]
    return [number for number, universe in enumerate(space.universes) if universe.addresses]


def _residual(perimeter: Perimeter) -> tuple[str, ...]:
    """Return what no bucket policy prevents, and what was declared exempt."""
    whose = f" of account {perimeter.account}" if perimeter.account else " of the owner's account"
    found = [f"the root user{whose} can always read, replace and delete the bucket policy, whatever it says"]
    found += [f"declared exempt: requests through VPC endpoint {name}" for name in perimeter.vpc_endpoints]
    found += [f"declared exempt: {arn} over the public endpoint" for arn in perimeter.break_glass]
    if perimeter.trust_aws_services:
        found.append("declared exempt: AWS services acting for themselves")
    found += [
        f"good until {entry.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}: {entry.addresses}"
        for entry in perimeter.expiring
    ]
    return tuple(found)
