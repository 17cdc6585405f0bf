"""Compare: which requests two bucket policies treat differently, by meaning and never by text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import PolicyDocument, Rules, Statement
from s3_perimeter.documents.layers import Layers, asked_keys, rules_in_full
from s3_perimeter.documents.rcp import ResourceControlPolicy
from s3_perimeter.fence import refuse_other_kinds
from s3_perimeter.proof.boxes import Box, Boxes, uncovered
from s3_perimeter.proof.bucket import Bucket, unrelated
from s3_perimeter.proof.outside import WITH_ADDRESS, Doubt, Outside, Period, Scenario
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.witness import Witness
from s3_perimeter.proof.work import Budget, TooMuchWork
from s3_perimeter.semantics.evaluation import Decision, Outcome, evaluate
from s3_perimeter.semantics.explanation import explain, named
from s3_perimeter.semantics.request import Channel, Request
from s3_perimeter.semantics.special_networks import MAPPED

__all__ = ["Comparison", "compare"]

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = 500_000
_RANK = {Decision.EXPLICIT_DENY: 0, Decision.NEITHER: 1, Decision.ALLOW: 2}
_MORE = "whether more is {} rests on what is not modelled"
_UNSURE = "not decided: the policies differ in what is not modelled, and no request shows what comes of it"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a new policy opens and closes against an old one.

    A request's outcome is explicitly denied, neither, or allowed by the policy; *opened* is a request that
    moved up in that order, *closed* one that moved down. `opened` and `closed` hold one witness per channel.
    `opened_networks` are the addresses from which at least one request over an S3 endpoint, or by a service
    on someone's behalf, is opened; likewise `closed_networks`. `equal` says that no request of any kind, at
    any time, moved. `undecided` says why nothing can be said; `equal` is False then. `unmodelled` names what
    was taken as given: the same text means the same in both policies, a different text is a difference.
    """

    equal: bool
    opened: tuple[Witness, ...] = ()
    closed: tuple[Witness, ...] = ()
    opened_networks: tuple[str, ...] = ()
    closed_networks: tuple[str, ...] = ()
    unmodelled: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on."""
        return {
            "equal": self.equal,
            "opened": [witness.as_json() for witness in self.opened],
            "closed": [witness.as_json() for witness in self.closed],
            "opened_networks": list(self.opened_networks),
            "closed_networks": list(self.closed_networks),
            "unmodelled": [*self.unmodelled, *self.undecided],
        }


class _Side(NamedTuple):
    """One of the policies, with the numbers of its Denies and Allows among the statements of both."""

    policy: Rules
    denies: Sequence[int]
    allows: Sequence[int]

    @classmethod
    def of(cls, policy: Rules, statements: Sequence[Statement], start: int) -> _Side:
        """Return a policy whose statements have the numbers from `start` on."""
        denies, allows = (
            [number for number, each in enumerate(statements, start) if each.effect == effect]
            for effect in ("Deny", "Allow")
        )
        return cls(policy, denies, allows)


@dataclass(slots=True)
class _Found:
    """What moved in one direction so far."""

    before: _Side
    after: _Side
    opening: bool
    witnesses: dict[Channel, Witness] = field(default_factory=dict)
    networks: AddressSet = field(default_factory=AddressSet.nothing)
    unsure: bool = False
    """Whether something may have moved of which no request can be shown."""


def compare(
    old: PolicyDocument | None,
    new: PolicyDocument | None,
    *,
    bucket: str,
    account: str | None = None,
    partition: str = "aws",
    old_rcps: Iterable[ResourceControlPolicy] = (),
    new_rcps: Iterable[ResourceControlPolicy] = (),
) -> Comparison:
    """Compare two policies of a bucket over every request there can be, from anywhere, at any time.

    None is a bucket without a policy. The resource control policies are those that apply to its account. A
    policy of another bucket is not compared. Raises PerimeterError where it is no general purpose bucket.
    """
    refuse_other_kinds(bucket)
    asked = Bucket(bucket, partition, account)
    for which, policy in (("old", old), ("new", new)):
        other = unrelated(policy, asked) if policy else None
        if other:
            return Comparison(equal=False, undecided=(f"the {which} policy is not compared: {other}",))
    before, after = Layers(old, tuple(old_rcps)), Layers(new, tuple(new_rcps))
    if before.meaning == after.meaning:
        return Comparison(equal=True)
    first, second = rules_in_full(before), rules_in_full(after)
    space = Space([*first, *second], Outside(asked, [Period(~MAPPED, _EVER)]), Budget(_STEPS))
    sides = [_Side.of(before, first, 0), _Side.of(after, second, len(first))]
    opened, closed = _Found(sides[0], sides[1], opening=True), _Found(sides[1], sides[0], opening=False)
    try:
        # What AWS does not document, such as a VPC endpoint's id in a service's own request, is looked at
        # only where nothing else differs: it would name networks and channels that nobody can use.
        for doubt in (Doubt.DOCUMENTED, Doubt.EVERYTHING):
            if not opened.witnesses and not closed.witnesses:
                _all_moved(space, opened, closed, doubt)
    except TooMuchWork as reason:
        return Comparison(equal=False, unmodelled=space.unknown, undecided=(f"not decided: {reason}",))
    if not opened.witnesses and not closed.witnesses:
        undecided = (_UNSURE,) if opened.unsure or closed.unsure else ()
        return Comparison(equal=not undecided, unmodelled=space.unknown, undecided=undecided)
    more = [_MORE.format(word) for found, word in ((opened, "opened"), (closed, "closed")) if found.unsure]
    return Comparison(
        equal=False,
        opened=tuple(opened.witnesses.values()),
        closed=tuple(closed.witnesses.values()),
        opened_networks=opened.networks.cidrs(),
        closed_networks=closed.networks.cidrs(),
        unmodelled=(*space.unknown, *more),
    )


def _all_moved(space: Space, opened: _Found, closed: _Found, doubt: Doubt) -> None:
    """Note what moved in either direction, scenario by scenario."""
    for channel in Channel if doubt is Doubt.DOCUMENTED else space.doubtful_channels():
        for scenario in space.scenarios(channel, doubt):
            boxes = space.boxes(scenario)
            if not boxes.is_empty:
                _moved(space, scenario, boxes, opened)
                _moved(space, scenario, boxes, closed)


def _exact(boxes: Boxes, numbers: Iterable[int]) -> list[Box]:
    """Return all that some statements cover in a scenario."""
    return list(dict.fromkeys(box for number in numbers for box in boxes.exact.get(number, ())))


def _moved(space: Space, scenario: Scenario, boxes: Boxes, found: _Found) -> None:
    """Note what moves up from one side to the other: a Deny that is gone, or an Allow that has come."""
    before, after = found.before, found.after
    denied = _exact(boxes, after.denies)
    not_moved = [*denied, *_exact(boxes, before.allows), *boxes.impossible]
    for start, covers, is_allow in (
        *((deny, [*denied, *boxes.impossible], False) for deny in _exact(boxes, before.denies)),
        *((allow, not_moved, True) for allow in _exact(boxes, after.allows)),
    ):
        if uncovered(start, covers, space.budget) is None:
            continue
        # What is not modelled means the same where it is the same text, so that something may have moved. A
        # request has surely moved where no doubtful statement may cover it either.
        doubtful = [*after.denies, *(before.allows if is_allow else ())]
        at_most = (boxes.possible(number) for number in doubtful if number in boxes.numbers)
        possible = [*filter(all, at_most), *boxes.impossible]
        left: Box | None = start if start in boxes.covered.values() else None
        shown = False
        while left is not None and all(left):
            # A request that needs no special key is easier to send.
            ordinary = boxes.ordinary(left)
            region = uncovered(ordinary, possible, space.budget) if ordinary else None
            if region is None:
                region = uncovered(left, possible, space.budget)
            if region is None:
                break
            if scenario.channel not in found.witnesses:
                request = space.request(scenario, boxes.representatives(region))
                witness = _witness(scenario.channel, request, found)
                if witness is None:
                    break
                found.witnesses[scenario.channel] = witness
            shown = True
            left = _noted(space, scenario, boxes, region, left, found)
        found.unsure = found.unsure or not shown


def _noted(
    space: Space, scenario: Scenario, boxes: Boxes, region: Box, left: Box, found: _Found
) -> Box | None:
    """Note the addresses of a region that moved; return what to look at further, if there is more."""
    if scenario.channel not in WITH_ADDRESS:
        return None
    at = boxes.at(space.address)
    if at is None:
        found.networks = AddressSet.everything()
        return None
    for each in boxes.classes_of(region, space.address):
        found.networks |= each.addresses or AddressSet.nothing()
    return boxes.narrowed(left, space.address, ~region[at])


def _witness(channel: Channel, request: Request, found: _Found) -> Witness | None:
    """Return a request that moved, with what was before and what is now; None where nothing documented says
    whether it did.
    """
    before, after = evaluate(found.before.policy, request), evaluate(found.after.policy, request)
    if _RANK[before.highest] >= _RANK[after.lowest]:
        return None
    lower, upper = _in_words(before), _in_words(after)
    if found.opening:
        because = f"{lower} before, {upper} now"
        gone = before.decision is Decision.EXPLICIT_DENY
        fix = explain(found.after.policy, request).fix if gone else "take that Allow out"
    else:
        because = f"{upper} before, {lower} now"
        fix = "nothing, if this is meant: the new policy refuses what the old one did not"
    return Witness(channel, request, because, fix, keys=asked_keys(found.before.policy, found.after.policy))


def _in_words(outcome: Outcome) -> str:
    """Return an outcome in words, with the statements it rests on."""
    by = f" by {named(outcome.matched[0])}" if outcome.matched else ""
    unsure = ", as far as can be determined," if outcome.undecided else ""
    words = {
        Decision.EXPLICIT_DENY: f"denied{by}",
        Decision.ALLOW: f"allowed{by}",
        Decision.NEITHER: "neither denied nor allowed",
    }
    return f"{words[outcome.decision]}{unsure}"
