"""The access matrix: who can do what from where, each cell decided by evaluating that one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Final, Literal, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.verify.outside import sample_outside
from s3_perimeter.commands.verify.verification import access_of, entry_of
from s3_perimeter.documents.document import Rules
from s3_perimeter.semantics.evaluation import Decision, evaluate
from s3_perimeter.semantics.request import Channel, Principal, arriving
from s3_perimeter.stack.deployed import Stack, User

__all__ = ["Cell", "Place", "Who", "access_matrix", "people", "places"]

Answer: TypeAlias = Literal["allowed", "denied", "no permission", "by IAM"]

# What is asked: in words, the action, whether it is asked of an object, and the access level that covers it.
WHAT: Final = (
    ("list", "s3:ListBucket", False, "list"),
    ("read", "s3:GetObject", True, "read"),
    ("write", "s3:PutObject", True, "write"),
    ("delete", "s3:DeleteObject", True, "write"),
    ("change policy", "s3:PutBucketPolicy", False, None),
)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks: `levels` are a remote user's access levels, None where IAM elsewhere decides."""

    name: str
    principal: Principal
    levels: frozenset[str] | None = None
    own_account: bool = True
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from."""

    name: str
    channel: Channel
    source_ip: str | None = None
    tls: bool = True
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer: `why` names the statement that decided it, or what decides in its stead."""

    who: str
    what: str
    place: str
    answer: Answer
    why: str


def people(stack: Stack) -> list[Who]:
    """The remote users, an administrator, another account, the anonymous, and who is declared as
    break-glass.
    """
    account = stack.account or "111122223333"
    arn = f"arn:{stack.partition}:iam::"
    named = stack.config.get("breakGlassPrincipals")
    return [
        *(remote(stack, user) for user in stack.users),
        Who("an administrator", Principal.of_arn(f"{arn}{account}:role/administrator")),
        *(
            Who(f"{str(one).rpartition('/')[2]} (break-glass)", Principal.of_arn(str(one)))
            for one in (named if isinstance(named, list) else ())
        ),
        Who("another account", Principal.of_arn(f"{arn}999999999999:user/somebody"), own_account=False),
        Who("nobody (anonymous)", Principal.anonymous(), own_account=False),
    ]


def remote(stack: Stack, user: User) -> Who:
    """A remote user, with the prefix that the config holds them to."""
    prefix = str(entry_of(stack, user).get("prefix") or "")
    name = f"{user.name} (only below {prefix})" if prefix else user.name
    return Who(name, Principal.of_arn(user.arn), access_of(stack, user), prefix=prefix)


def places(allowed: AddressSet, exempt: Sequence[str] = ()) -> list[Place]:
    """An allowed address of each IP version, a foreign one, no TLS, the VPC endpoints that are exempt, and
    anybody else's.
    """
    found = []
    for version, part in ((4, AddressSet(v4=allowed.v4)), (6, AddressSet(v6=allowed.v6))):
        if (inside := part.first()) is not None:
            found.append(Place(f"allowed IPv{version}", Channel.PUBLIC_SIGNED, str(inside)))
    for outside in sample_outside(allowed):
        found.append(Place(f"foreign IPv{outside.version}", Channel.PUBLIC_SIGNED, str(outside)))
    if (first := allowed.first()) is not None:
        found.append(Place("allowed, without TLS", Channel.PUBLIC_SIGNED, str(first), tls=False))
    found += [Place(f"VPC endpoint {one}", Channel.VPC_ENDPOINT, endpoint=one) for one in exempt]
    others = "any other VPC endpoint" if exempt else "any VPC endpoint"
    return [*found, Place(others, Channel.VPC_ENDPOINT, endpoint=unnamed(exempt))]


def unnamed(exempt: Sequence[str]) -> str:
    """The id of an endpoint that is none of these."""
    return next(name for name in (f"vpce-{number:017x}" for number in count()) if name not in exempt)


def access_matrix(
    stack: Stack, policy: Rules, who: Sequence[Who], where: Sequence[Place], now: datetime
) -> list[Cell]:
    """Every cell, by person, then by what is asked, then by place, as it is decided now."""
    arn = f"arn:{stack.partition}:s3:::{stack.bucket}"
    return [cell(policy, person, what, place, arn, now) for person in who for what in WHAT for place in where]


def cell(
    policy: Rules,
    who: Who,
    what: tuple[str, str, bool, str | None],
    place: Place,
    arn: str,
    now: datetime,
) -> Cell:
    """One request, evaluated."""
    name, action, on_object, level = what
    anonymous = who.principal.arn is None
    channel = (
        Channel.PUBLIC_ANONYMOUS if anonymous and place.channel is Channel.PUBLIC_SIGNED else place.channel
    )
    request = arriving(
        channel,
        who.principal,
        action,
        f"{arn}/{who.prefix}report.pdf" if on_object else arn,
        source_ip=place.source_ip,
        tls=place.tls,
        context={
            "aws:CurrentTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **({"aws:SourceVpce": place.endpoint} if place.endpoint else {}),
        },
    )
    outcome = evaluate(policy, request)
    sids = ", ".join(statement.sid or f"statement {statement.index + 1}" for statement in outcome.matched)
    if outcome.decision is Decision.EXPLICIT_DENY:
        return Cell(who.name, name, place.name, "denied", f"explicit Deny: {sids}")
    if outcome.decision is Decision.ALLOW:
        return Cell(who.name, name, place.name, "allowed", f"Allow: {sids}")
    if not who.own_account:
        return Cell(who.name, name, place.name, "denied", "no statement allows it")
    if who.levels is None:
        return Cell(who.name, name, place.name, "by IAM", "the fence lets it pass: IAM policies decide")
    if level in who.levels:
        return Cell(who.name, name, place.name, "allowed", f"access level {level}")
    return Cell(who.name, name, place.name, "no permission", "no access level of the user covers it")
