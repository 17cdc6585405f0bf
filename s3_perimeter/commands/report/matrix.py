"""The access matrix: who can do what from where, each cell decided by evaluating that one request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, groupby
from typing import Final, Literal, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Rules
from s3_perimeter.endpoints import endpoint_key, endpoint_words
from s3_perimeter.semantics.evaluation import Decision, evaluate
from s3_perimeter.semantics.request import Channel, Principal, arriving
from s3_perimeter.stack.deployed import Role, Stack, User
from s3_perimeter.stack.outside import samples_outside
from s3_perimeter.stack.people import access_of, entry_of

__all__ = ["Cell", "Place", "Row", "Who", "access_matrix", "merged", "people", "places"]

Answer: TypeAlias = Literal["allowed", "by IAM", "no permission", "denied", "not decided"]
Tone: TypeAlias = Literal["good", "exempt", "quiet", "bad"]
"""`good` is access from inside, `exempt` access from outside that the config declares, `quiet` a denial that
is wanted, and `bad` whatever differs from what the config asks for.
"""

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
    """Somebody who asks: `levels` are a remote user's access levels, None where other IAM policies decide."""

    name: str
    note: str
    principal: Principal
    levels: frozenset[str] | None = None
    own_account: bool = True
    prefix: str = ""
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from. Places of one `kind` share a column where everybody's answers are equal."""

    kind: str
    label: str
    channel: Channel
    source_ip: str | None = None
    tls: bool = True
    endpoint: str | None = None
    inside: bool = False
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer: `why` names the statement that decided it, or what decides instead."""

    what: str
    answer: Answer
    why: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Row:
    """Everything that one person may do: for each place a cell for each entry of WHAT, None where the person
    never comes from there.
    """

    who: Who
    cells: tuple[tuple[Cell, ...] | None, ...]


def people(stack: Stack) -> Iterator[Who]:
    """Remote users and roles, an administrator, break-glass principals, another account, and others."""
    account = stack.account or "111122223333"
    arn = f"arn:{stack.partition}:iam::"
    for user in stack.users:
        yield _remote(stack, user)
    for role in stack.roles:
        yield _remote(stack, role)
    administrator = Principal.of_arn(f"{arn}{account}:role/administrator")
    yield Who("an administrator", "of this account", administrator)
    for one in stack.settings.break_glass:
        principal = Principal.of_arn(one)
        own = principal.account == account
        yield Who(one.rpartition("/")[2], "break-glass principal, exempt", principal, None, own, exempt=True)
    foreign = Principal.of_arn(f"{arn}999999999999:user/somebody")
    yield Who("another account", "signed in elsewhere", foreign, own_account=False)
    yield Who("anonymous", "not signed in", Principal.anonymous(), own_account=False)
    service = Principal.of_service(
        f"config.{'amazonaws.com.cn' if stack.partition == 'aws-cn' else 'amazonaws.com'}"
    )
    trusted = stack.settings.trust_aws_services
    note = "for itself, exempt" if trusted else "for itself"
    yield Who("an AWS service", note, service, own_account=False, exempt=trusted)


def _remote(stack: Stack, person: User | Role) -> Who:
    """Return a remote user, or a role of remote people, with the prefix that the config holds them to."""
    prefix = str(entry_of(stack.config, person).get("prefix") or "")
    kind = "role" if isinstance(person, Role) else "remote user"
    note = f"{kind}, only below {prefix}" if prefix else kind
    return Who(
        person.name, note, Principal.of_arn(person.arn), access_of(stack.config, person), prefix=prefix
    )


def places(allowed: AddressSet, exempt: Sequence[str] = ()) -> Iterator[Place]:
    """Yield an allowed and another address of each IP version, no TLS, each exempt VPC endpoint, any other
    one, and an AWS service that acts for a caller elsewhere.
    """
    signed = Channel.PUBLIC_SIGNED
    for version, part in ((4, AddressSet(v4=allowed.v4)), (6, AddressSet(v6=allowed.v6))):
        if (inside := part.first()) is not None:
            yield Place("allow-list", f"IPv{version}", signed, str(inside), inside=True)
    outside = samples_outside(allowed)
    for label, address in outside.items():
        yield Place("any other address", label, signed, address)
    if (first := allowed.first()) is not None:
        yield Place("allow-list", "without TLS", signed, str(first), tls=False, inside=True)
    for one in exempt:
        kind = endpoint_words(one).removesuffix(f" {one}")
        yield Place(kind, one, Channel.VPC_ENDPOINT, endpoint=one, exempt=True)
    others = "any other VPC endpoint" if exempt else "any VPC endpoint"
    yield Place(others, "", Channel.VPC_ENDPOINT, endpoint=_unnamed(exempt))
    caller = next(iter(outside.values()), None)
    yield Place("through an AWS service", "", Channel.FORWARD_ACCESS, caller)


def _unnamed(exempt: Sequence[str]) -> str:
    """Return the id of an endpoint that is none of these."""
    return next(name for name in (f"vpce-{number:017x}" for number in count()) if name not in exempt)


def access_matrix(
    stack: Stack, policy: Rules, who: Sequence[Who], where: Sequence[Place], now: datetime
) -> tuple[Row, ...]:
    """Return a row for each person, as everything is decided now."""
    arn = f"arn:{stack.partition}:s3:::{stack.bucket}"
    return tuple(
        Row(
            person,
            tuple(
                tuple(_cell(policy, person, what, place, arn, now) for what in WHAT)
                if person.principal.service is None or place.channel is Channel.FORWARD_ACCESS
                else None
                for place in where
            ),
        )
        for person in who
    )


def _cell(
    policy: Rules,
    who: Who,
    what: tuple[str, str, bool, str | None],
    place: Place,
    arn: str,
    now: datetime,
) -> Cell:
    """Return one request, evaluated."""
    name, action, on_object, level = what
    service = who.principal.service is not None
    channel = Channel.AWS_SERVICE if service else place.channel
    if who.principal == Principal.anonymous() and channel is Channel.PUBLIC_SIGNED:
        channel = Channel.PUBLIC_ANONYMOUS
    request = arriving(
        channel,
        who.principal,
        action,
        f"{arn}/{who.prefix}report.pdf" if on_object else arn,
        source_ip=None if service else place.source_ip,
        tls=place.tls,
        context={
            "aws:CurrentTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **({endpoint_key(place.endpoint): place.endpoint} if place.endpoint else {}),
        },
    )
    outcome = evaluate(policy, request)
    sids = ", ".join(statement.sid or f"statement {statement.index + 1}" for statement in outcome.matched)
    passes = outcome.decision is not Decision.EXPLICIT_DENY
    named = who.exempt and channel in (Channel.PUBLIC_SIGNED, Channel.AWS_SERVICE)
    declared = place.tls and (place.inside or place.exempt or named)
    entitled = who.own_account and (who.levels is None or level in who.levels)
    answer: Answer
    if passes and not outcome.surely_not_denied:
        return Cell(name, "not decided", "AWS does not document whether a Deny matches", "bad")
    if not passes:
        return Cell(name, "denied", f"Deny: {sids}", "bad" if declared and entitled else "quiet")
    if outcome.decision is Decision.ALLOW:
        answer, why = "allowed", f"Allow: {sids}"
    elif not who.own_account:
        return Cell(name, "no permission", "no statement of the policy allows it", "quiet")
    elif who.levels is None:
        answer, why = "by IAM", "no Deny applies; the principal's IAM policies decide"
    elif level in who.levels:
        answer, why = "allowed", f"access level `{level}`"
    else:
        return Cell(name, "no permission", "no access level covers it", "quiet")
    tone: Tone = "bad" if not declared else "good" if place.inside and who.own_account else "exempt"
    return Cell(name, answer, why, tone)


def merged(where: Sequence[Place], rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Return the columns to show: a title, and the number of a place whose answers stand for the whole
    column.
    """
    columns: list[tuple[str, int]] = []
    for kind, group in groupby(range(len(where)), lambda number: where[number].kind):
        alike: dict[tuple[tuple[Cell, ...] | None, ...], list[int]] = {}
        for number in group:
            alike.setdefault(tuple(row.cells[number] for row in rows), []).append(number)
        for numbers in alike.values():
            labels = " and ".join(where[number].label for number in numbers)
            columns.append((f"{kind}, {labels}" if labels else kind, numbers[0]))
    return columns
