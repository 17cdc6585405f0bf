"""Who a bucket policy lets pass, read from the policy alone: networks until when, and exemptions by name.

Everything here asks the evaluator about single requests. The networks that conditions name cut the addresses
into parts that a policy cannot distinguish, so one address answers for its part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, Literal, NamedTuple

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition, PolicyDocument, Statement
from s3_perimeter.documents.nodes import visible
from s3_perimeter.endpoints import ENDPOINT_KEYS, endpoint_key
from s3_perimeter.proof.keys import SOURCE_IP, TIME_KEYS
from s3_perimeter.proof.values import moments, split
from s3_perimeter.semantics.evaluation import Decision, evaluate, mismatches
from s3_perimeter.semantics.explanation import named
from s3_perimeter.semantics.networks import advice_on_value
from s3_perimeter.semantics.readings import network
from s3_perimeter.semantics.request import Channel, Principal, Request, arriving

__all__ = ["ANY_SERVICE", "Exemption", "Passed", "Reach", "exemptions_named", "parts_of"]

ANY_SERVICE: Final = "any AWS service"
_ENDPOINT_KEYS: Final = frozenset(key.lower() for key in ENDPOINT_KEYS)
_ASKED: Final = (
    ("s3:ListBucket", False),
    ("s3:GetObject", True),
    ("s3:PutObject", True),
    ("s3:PutBucketPolicy", False),
)
_SOMEBODY: Final = "somebody-in-particular"
_ACCOUNT: Final = "111122223333"


@dataclass(frozen=True, slots=True, order=True)
class Exemption:
    """Somebody whom a policy may let pass from outside of the allow-list."""

    kind: Literal["vpc-endpoint", "break-glass", "aws-services"]
    name: str


class Passed(NamedTuple):
    """Which of the requests asked about surely pass, and which perhaps, by their place in the list.

    Perhaps pass those that a Deny may match and may not, as AWS does not document which; `doubts` names such
    Denies with what leaves it open.
    """

    surely: frozenset[int] = frozenset()
    perhaps: frozenset[int] = frozenset()
    doubts: tuple[str, ...] = ()

    @property
    def at_most(self) -> frozenset[int]:
        """Those that are not denied for certain."""
        return self.surely | self.perhaps


@dataclass(frozen=True)
class Reach:
    """One policy of one bucket, and the moment that counts as now; no policy denies nothing by itself."""

    policy: PolicyDocument
    bucket: str
    now: datetime
    partition: str = "aws"
    account: str | None = None

    def passing(self, address: str, moment: datetime | None = None) -> Passed:
        """Return what an ordinary principal, signed in or not, may ask for from an address."""
        people = (
            (Channel.PUBLIC_SIGNED, Principal.of_arn(self._arn(f"role/{_SOMEBODY}"))),
            (Channel.PUBLIC_ANONYMOUS, Principal.anonymous()),
        )
        asked = [
            request
            for channel, principal in people
            for request in self._requests(channel, principal, moment, source_ip=address)
        ]
        return self._not_denied(asked)

    def exempt(self, one: Exemption, outside: str | None) -> Passed:
        """Return what somebody exempt may ask for; `outside` is an address from which nobody else surely
        may.
        """
        if one.kind == "vpc-endpoint":
            somebody = Principal.of_arn(self._arn(f"role/{_SOMEBODY}"))
            context = {endpoint_key(one.name): one.name}
            return self._not_denied(self._requests(Channel.VPC_ENDPOINT, somebody, None, context=context))
        if one.kind == "aws-services":
            name = "example.amazonaws.com" if one.name == ANY_SERVICE else one.name
            return self._not_denied(self._requests(Channel.AWS_SERVICE, Principal.of_service(name), None))
        principal = _principal(one.name)
        if principal is None or outside is None:
            return Passed()
        return self._not_denied(self._requests(Channel.PUBLIC_SIGNED, principal, None, source_ip=outside))

    def allowed(self) -> AddressSet:
        """Return every address from which an ordinary principal surely may ask for something as of now."""
        found = AddressSet.nothing()
        for part in parts_of([self.policy]):
            if self.passing(str(part.first())).surely:
                found |= part
        return found

    def exempted(self) -> list[Exemption]:
        """Everybody whom the policy names and surely lets pass from outside of the allow-list."""
        outside = (AddressSet.everything() - self.allowed()).first()
        where = None if outside is None else str(outside)
        return [one for one in exemptions_named([self.policy]) if self.exempt(one, where).surely]

    def doubts(self) -> tuple[str, ...]:
        """Return the Denies that may or may not hold for an ordinary principal now, with what leaves that
        open.
        """
        passed = [self.passing(str(part.first())) for part in parts_of([self.policy])]
        return tuple(dict.fromkeys(doubt for each in passed for doubt in each.doubts))

    def until(self, address: str) -> datetime | None:
        """Return the first moment from now on at which less is allowed from an address, None where there is
        none.
        """
        allowed = self.passing(address).surely
        for moment in self._moments:
            if moment > self.now and allowed - self.passing(address, moment).surely:
                return moment
        return None

    @cached_property
    def _moments(self) -> list[datetime]:
        """The moments that the conditions on the time distinguish, in order."""
        about_time = [each for each in _conditions(self.policy) if each.name in TIME_KEYS]
        return moments(about_time, [self.now], finer=False)

    def _requests(
        self,
        channel: Channel,
        principal: Principal,
        moment: datetime | None,
        *,
        source_ip: str | None = None,
        context: dict[str, str] | None = None,
    ) -> Iterator[Request]:
        """Yield the requests asked about: reading, writing, and taking the fence down."""
        when = moment or self.now
        arn = f"arn:{self.partition}:s3:::{self.bucket}"
        times = {
            "aws:CurrentTime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "aws:EpochTime": str(int(when.timestamp())),
        }
        for action, on_object in _ASKED:
            yield arriving(
                channel,
                principal,
                action,
                f"{arn}/report.pdf" if on_object else arn,
                source_ip=source_ip,
                context={**times, **(context or {})},
            )

    def _not_denied(self, asked: Iterable[Request]) -> Passed:
        """Return which requests no Deny matches, for certain or perhaps."""
        surely: set[int] = set()
        perhaps: set[int] = set()
        doubts: dict[Statement, str] = {}
        for place, request in enumerate(asked):
            outcome = evaluate(self.policy, request)
            if outcome.decision is Decision.EXPLICIT_DENY:
                continue
            (surely if outcome.surely_not_denied else perhaps).add(place)
            for statement in outcome.undecided:
                if statement.effect == "Deny" and statement not in doubts:
                    doubts[statement] = self._doubt(statement, request)
        return Passed(frozenset(surely), frozenset(perhaps), tuple(doubts.values()))

    def _doubt(self, statement: Statement, request: Request) -> str:
        """Name a Deny that may or may not match a request, and what leaves that open."""
        found = []
        for each in mismatches(statement, request):
            if each.condition is None:
                found.append(f"what AWS makes of its `{each.element}` is not documented")
                continue
            shown = f"what AWS makes of `{each.condition.operator}` on `{visible(each.condition.key)}`"
            advice = [one for value in each.condition.values if (one := advice_on_value(value))]
            wrong = "; ".join(f"{one.problem}, {one.remedy}" for one in advice)
            of_addresses = each.condition.positive == "IpAddress"
            found.append(f"{shown} is not documented{f': {wrong}' if wrong and of_addresses else ''}")
        return f"{named(statement)}: {'; '.join(found)}"

    def _arn(self, who: str) -> str:
        return f"arn:{self.partition}:iam::{self.account or _ACCOUNT}:{who}"


def parts_of(policies: Sequence[PolicyDocument]) -> list[AddressSet]:
    """Return the addresses in parts that none of the policies' conditions on aws:SourceIp distinguishes."""
    everything = AddressSet.everything()
    sets = [
        AddressSet.of_networks(filter(None, map(network, each.values)))
        for policy in policies
        for each in _conditions(policy)
        if each.name == SOURCE_IP
    ]
    families = AddressSet(v4=everything.v4), AddressSet(v6=everything.v6)
    return [part for family in families for part, _ in split(family, sets)]


def exemptions_named(policies: Sequence[PolicyDocument]) -> list[Exemption]:
    """Everybody whom the policies name as somebody that a Deny may pass over, and AWS services as such."""
    found = {Exemption("aws-services", ANY_SERVICE)}
    for policy in policies:
        for condition in _conditions(policy):
            key = condition.name
            for value in condition.values:
                if "${" in value:
                    continue
                if key in _ENDPOINT_KEYS and endpoint_key(value).lower() == key:
                    found.add(Exemption("vpc-endpoint", value))
                elif key == "aws:principalarn":
                    found.add(Exemption("break-glass", value))
                elif key == "aws:principalservicename":
                    found.add(Exemption("aws-services", value))
        for statement in policy.statements:
            if statement.not_principals is not None:
                found |= {Exemption("break-glass", arn) for arn in statement.not_principals.aws}
    return sorted(found)


def _conditions(policy: PolicyDocument) -> Iterator[Condition]:
    """Yield every condition of every statement."""
    for statement in policy.statements:
        yield from statement.conditions


def _principal(arn: str) -> Principal | None:
    """Return a principal that the ARN, or a pattern of ARNs, names; None where it names none."""
    parts = arn.split(":", 5)
    if len(parts) == 6:
        parts[4] = parts[4] if parts[4].isdigit() else _ACCOUNT
        parts[5] = parts[5].replace("*", "x").replace("?", "x")
    try:
        return Principal.of_arn(":".join(parts))
    except ValueError:
        return None
