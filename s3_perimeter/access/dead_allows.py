"""Dead Allows: statements that no request can ever use, because every request they allow meets a Deny.

Asked of the requests that AWS documents: a service's own request has no source address, and CloudFront's
identities, service-linked roles, replication and Athena never come from an address on the allow-list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from s3_perimeter.access.likely_use import CALLED_VIA, is_plainly_used, is_replication, is_through_athena
from s3_perimeter.documents.document import Principals, Rules, Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.layers import rules_in_full
from s3_perimeter.documents.nodes import listed
from s3_perimeter.endpoints import ENDPOINT_KEYS
from s3_perimeter.fence import LOG_DELIVERY, Perimeter
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.axes.identities import is_of_a_service
from s3_perimeter.proof.boxes import Box, Boxes, covers, intersection, uncovered
from s3_perimeter.proof.bucket import Bucket
from s3_perimeter.proof.outside import Doubt, Outside, Period, Scenario
from s3_perimeter.proof.result import DeadAllow
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.evaluation import account_of
from s3_perimeter.semantics.explanation import named
from s3_perimeter.semantics.request import Channel
from s3_perimeter.semantics.special_networks import MAPPED

__all__ = ["dead_allows"]

_STEPS = 60_000
_ANYWHERE, _OUTSIDE = 0, 1
_FROM_OUTSIDE = (Channel.PUBLIC_SIGNED, Channel.FORWARD_ACCESS)
"""The channels in which some callers never come from an allowed address, whoever else does."""

_MOST_NAMES = 4
_SERVICES = {
    "cloudfront.amazonaws.com": "CloudFront by its origin access control",
    LOG_DELIVERY: "S3's log delivery",
}
_CONDITIONS = {
    "aws:sourceip": "from",
    "aws:sourcevpce": "through VPC endpoint",
    "aws:vpceorgid": "through VPC endpoints of organization",
    "aws:vpceaccount": "through VPC endpoints of account",
    "aws:sourcevpcarn": "from VPC",
    "aws:sourcevpc": "from VPC",
    "aws:vpcsourceip": "from the private address",
    "aws:principalarn": "as",
    "aws:principalorgid": "of organization",
    "aws:principalaccount": "of account",
    "aws:calledvia": "by way of",
    "aws:calledviafirst": "by way of",
    "aws:calledvialast": "by way of",
}


@dataclass(slots=True)
class _Allow:
    """One Allow: whether some request may use it, and the Denies that its requests meet."""

    statement: Statement
    numbers: list[int]
    asked: bool = False
    live: bool = False
    alone: set[int] | None = None
    touching: set[int] = field(default_factory=set)

    def note(self, denies: dict[int, Box], start: Box) -> None:
        """Note which Denies meet requests of the Allow, and which of them all of those."""
        self.asked = True
        met = {at for at, box in denies.items() if intersection(start, box) is not None}
        whole = {at for at in met if covers(denies[at], start)}
        self.touching |= met
        self.alone = whole if self.alone is None else self.alone & whole


def dead_allows(policy: Rules, perimeter: Perimeter, since: datetime) -> tuple[DeadAllow, ...]:
    """Return the Allows of a policy that are dead for certain, behind its own Denies and those of RCPs, in
    their order, from `since` on.

    Raises TooMuchWork where that takes more steps than its bound.
    """
    rules = policy.rules
    if {each.effect for each in rules} != {"Allow", "Deny"}:
        return ()
    used = {
        each.index
        for each in rules
        if each.effect == "Allow" and is_plainly_used(policy, each, perimeter, since)
    }
    kept = [each for each in rules_in_full(policy) if each.effect == "Deny" or each.index not in used]
    allows: dict[int, _Allow] = {}
    for number, each in enumerate(kept):
        if each.effect == "Allow":
            allows.setdefault(each.index, _Allow(each, [])).numbers.append(number)
    denies = [number for number, each in enumerate(kept) if each.effect == "Deny"]
    if not allows:
        return ()
    periods = [Period(addresses, since) for addresses in (~MAPPED, ~MAPPED - perimeter.allowed)]
    space = Space(kept, Outside(Bucket.of(perimeter), periods), Budget(_STEPS))
    for scenario in _scenarios(space):
        left = [each for each in allows.values() if not each.live]
        if not left:
            return ()
        boxes = space.boxes(scenario)
        universe = _who_comes(space, boxes, scenario)
        if all(universe):
            _look(space, scenario, boxes, universe, left, denies)
    found = []
    for one in allows.values():
        if one.asked and not one.live:
            numbers = sorted(one.alone or ())[:1] or sorted(one.touching)
            meeting = list(dict.fromkeys(kept[number] for number in numbers))
            allow = one.statement
            said = _whom(allow), _because(allow, meeting), _fix(allow, meeting, perimeter)
            found.append(DeadAllow(allow.index, allow.sid, allow.line, *said))
    return tuple(found)


def _look(
    space: Space,
    scenario: Scenario,
    boxes: Boxes,
    universe: Box,
    allows: Sequence[_Allow],
    denies: Sequence[int],
) -> None:
    """Note which Allows a request of a scenario can use, and what meets the others."""
    meeting = {at: boxes.covered[at] for at in denies if at in boxes.covered}
    for each in allows:
        if is_replication(each.statement) and not _can_replicate(scenario):
            continue
        for number in each.numbers:
            if each.live or number not in boxes.numbers:
                continue
            start = intersection(universe, boxes.possible(number))
            if start is None:
                continue
            each.note(meeting, start)
            covers = [*meeting.values(), *boxes.impossible]
            each.live = uncovered(start, covers, space.budget) is not None


def _scenarios(space: Space) -> Iterator[Scenario]:
    """Yield every sort of request, those that most Allows are for first."""
    for channel in Channel:
        periods = (_ANYWHERE, _OUTSIDE) if channel in _FROM_OUTSIDE else (_ANYWHERE,)
        yield from space.scenarios(channel, Doubt.DOCUMENTED, periods)


def _can_replicate(scenario: Scenario) -> bool:
    """Whether S3's replication can send a scenario's requests: by a role, from no allowed address."""
    return scenario.channel is Channel.AWS_SERVICE or (
        scenario.channel is Channel.PUBLIC_SIGNED and scenario.period == _OUTSIDE
    )


def _who_comes(space: Space, boxes: Boxes, scenario: Scenario) -> Box:
    """Return a scenario's requests; from anywhere there are none of those who never come from an allowed
    address.
    """
    found = boxes.universe
    if scenario.channel not in _FROM_OUTSIDE or scenario.period == _OUTSIDE:
        return found
    for axis in (space.principal, *map(space.axis_of, CALLED_VIA)):
        at = boxes.at(axis)
        if at is not None:
            found = boxes.narrowed(found, axis, ~boxes.cuts[at].where(_never_allowed))
    return found


def _never_allowed(each: RequestClass) -> bool:
    """Whether requests of a class come from an address of AWS's own."""
    return (each.principal is not None and is_of_a_service(each.principal)) or is_through_athena(each.context)


def _whom(statement: Statement) -> str:
    """Return whom an Allow is for, in plain words."""
    who = listed(_clipped(list(_names(statement))))
    for condition in statement.conditions:
        word = _CONDITIONS.get(condition.name)
        if word and not condition.is_negated and condition.operator != "Null":
            who += f" {word} {listed(_clipped([f'`{value}`' for value in condition.values]), 'or')}"
    return f"S3 replication as {who}" if is_replication(statement) else who


def _because(statement: Statement, meeting: Sequence[Statement]) -> str:
    """Return why nobody can use an Allow."""
    denies = listed(_clipped([named(each) for each in meeting]))
    verb = "denies" if len(meeting) == 1 else "together deny"
    return f"{denies} {verb} every request that {named(statement)} allows"


def _fix(statement: Statement, meeting: Sequence[Statement], perimeter: Perimeter) -> str:
    """Return what to do about a dead Allow."""
    denies = listed(_clipped([named(each) for each in meeting]))
    exempt = f"exempt them in {denies}"
    keys = {condition.name for condition in statement.conditions}
    services = (statement.principals or Principals()).service
    if LOG_DELIVERY in services:
        exempt = f"add `StringNotEquals` on `aws:PrincipalServiceName` with `{LOG_DELIVERY}` to {denies}"
    elif services and not perimeter.trust_aws_services:
        exempt = "exempt AWS services (`trustAwsServices`, `--trust-aws-services`)"
        exempt += f" and exempt them in {denies}"
    elif keys & {key.lower() for key in ENDPOINT_KEYS}:
        exempt = f"declare the endpoint (`vpcEndpoints`, `--vpc-endpoint`) and exempt it in {denies}"
    elif "aws:sourceip" in keys:
        exempt = "put the addresses on the allow-list"
    return f"remove {named(statement)}, or, if they need access, {exempt}"


def _names(statement: Statement) -> Iterator[str]:
    """Yield whom the Principal element of an Allow names."""
    principals = statement.principals
    if principals is None:
        yield "everybody whom its `NotPrincipal` does not name"
        return
    if principals.everyone or "*" in principals.aws:
        yield "everybody"
        return
    for service in principals.service:
        yield _SERVICES.get(folded(service), f"the AWS service `{service}`")
    for name in principals.aws:
        account = account_of(name)
        if ":iam::cloudfront:" in name:
            yield "CloudFront by its origin access identity"
        elif ":role/aws-service-role/" in name:
            yield f"the AWS service that acts as `{name}`"
        else:
            yield f"account `{account}`" if account else f"`{name}`"
    for name in principals.federated:
        yield f"those who sign in through `{name}`"
    for name in principals.canonical_user:
        yield f"the account or CloudFront identity with the canonical user id `{name}`"


def _clipped(parts: Sequence[str]) -> list[str]:
    """Return the first few parts, and how many more there are."""
    more = len(parts) - _MOST_NAMES
    return [*parts[:_MOST_NAMES], f"{more} more"] if more > 0 else list(parts)
