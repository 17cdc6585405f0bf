"""Identities: principals, a finite list of which stands for all of one kind.

An identity is written as one text, so that conditions on ``aws:PrincipalArn``, ``aws:PrincipalAccount`` and
``aws:username`` and the ``Principal`` element are patterns of the same text and keep their ties: the
principal's ARN and, for a role session, a line feed and the session's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from s3_perimeter.documents.document import Condition, Principals
from s3_perimeter.documents.folding import folded
from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.condition_key import ANY_SERVICE, BASES, NAME_CHARS, Shape
from s3_perimeter.proof.values import pattern_steps
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.evaluation import account_of
from s3_perimeter.semantics.globs import Charset, Step, Steps, arn_steps, some_of, text_steps
from s3_perimeter.semantics.request import Kind, Principal

__all__ = [
    "EXAMPLE_ACCOUNT",
    "Naming",
    "is_of_a_service",
    "of_cloudfront",
    "of_instance",
    "ordinary",
    "principals",
    "service_linked",
    "services",
]

EXAMPLE_ACCOUNT = "111122223333"
STRANGER = "999988887777"
_CLOUDFRONT = "cloudfront"

_END = "\n"
_REST = (Step(Charset(frozenset(), out=True), many=True),)
_NO_END = Charset(frozenset(_END), out=True)
_ANY = Step(_NO_END, many=True)
_ACCOUNT_CHAR = Charset(frozenset(":" + _END), out=True)
_NAME_CHAR = Charset(frozenset("/" + _END), out=True)
_SESSION = (*text_steps(_END), *some_of(NAME_CHARS))
_ACCOUNT = some_of(digits, least=12)[:-1]
_NAME = some_of(NAME_CHARS)
_PATH = (*some_of("".join(map(chr, range(0x21, 0x7F)))), *text_steps("/"))
"""What may stand before the name of a user or role (IAM API Reference, "CreateUser": Path)."""
_IDENTITY_ID = some_of(ascii_uppercase + digits)
"""How CloudFront's own principals end ("Restrict access to an Amazon S3 origin")."""
_INSTANCE_ROLE = "role/aws:ec2-instance"
_INSTANCE_SESSION = "assumed-role/aws:ec2-instance/"
_INSTANCE = (*text_steps("i-"), *some_of(ascii_lowercase + digits))

_PREFERRED_SERVICES = ("config.amazonaws.com", "cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com")


class Naming(NamedTuple):
    """What is asked about principals: the partition and account they live in, and all that distinguishes
    them.
    """

    partition: str
    account: str | None
    named: tuple[Principals, ...]
    conditions: tuple[Condition, ...]
    break_glass: tuple[str, ...] = ()


def principals(kind: Kind, naming: Naming, budget: Budget, account: str | None = None) -> list[Principal]:
    """Return principals of a kind, one of every class; an ordinary one of the owner's account comes first.

    With `account`, those of that account and CloudFront's only.
    """
    if kind is Kind.ANONYMOUS:
        return [Principal.anonymous()]
    bases = _bases(kind, naming.partition, account)
    patterns = [
        steps for condition in naming.conditions for steps in _identity_steps(condition, naming.partition)
    ]
    for named in naming.named:
        for each in named.aws:
            patterns += _named_steps(each, naming.partition)
    for arn in naming.break_glass:
        patterns += _with_session(arn_steps(arn, variables=False, wild=_NO_END))
    if kind is Kind.USER:
        # No pattern distinguishes it, and yet it is distinct: what its requests carry is not documented.
        start = f"arn:{naming.partition}:iam::{_CLOUDFRONT}:user/CloudFront Origin Access Identity "
        bases.append((*text_steps(start), *_IDENTITY_ID))
        patterns.append(bases[-1])
    if kind is Kind.ROLE:
        instances = _instances(naming.partition, account)
        bases += instances
        patterns += instances
    found = classes(bases, patterns, budget, preferred=_preferred(kind, naming))
    return [_principal(kind, text) for text in found]


def ordinary(kind: Kind, naming: Naming) -> Principal:
    """Return one principal of a kind that reads well."""
    return Principal.anonymous() if kind is Kind.ANONYMOUS else _principal(kind, _preferred(kind, naming)[0])


def service_linked(partition: str, account: str | None) -> Principal:
    """Return a service-linked role that exists."""
    start = f"arn:{partition}:iam::{account or EXAMPLE_ACCOUNT}:role"
    return Principal.of_arn(f"{start}/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")


def services(naming: Naming, budget: Budget, trusted: Sequence[str]) -> list[Principal]:
    """Return service principals, one of every class, but for the trusted ones."""
    named_services = any(named.service for named in naming.named)
    if not naming.conditions and not named_services:
        made_up = (f"service{number}.amazonaws.com" for number in count())
        untrusted = (name for name in chain(_PREFERRED_SERVICES, made_up) if name not in trusted)
        return [Principal.of_service(next(untrusted))]
    patterns = [
        steps
        for condition in naming.conditions
        if condition.name == "aws:principalservicename"
        for steps in pattern_steps(condition)
    ]
    excluded = [text_steps(name) for name in trusted]
    bases = [
        BASES[Shape.SERVICE],
        *(text_steps(folded(name)) for named in naming.named for name in named.service),
    ]
    if naming.partition != "aws":
        bases.append((*BASES[Shape.SERVICE], *text_steps(".cn")))
    # Names of other forms, and which texts are such names, so that both sorts are looked at.
    patterns += bases
    bases.append(ANY_SERVICE)
    found = classes(bases, patterns, budget, preferred=_PREFERRED_SERVICES, excluded=excluded)
    return [Principal.of_service(name) for name in found]


def of_cloudfront(principal: Principal) -> bool:
    """Whether a principal is an origin access identity: CloudFront fetching for whoever asks it."""
    return principal.account == _CLOUDFRONT


def of_instance(principal: Principal) -> bool:
    """Whether a principal is an EC2 instance by its identity role ("Instance identity roles for Amazon EC2
    instances"), which signs requests without anybody having given it a role.
    """
    arn = principal.arn or ""
    return arn.endswith(f":{_INSTANCE_ROLE}") or f":{_INSTANCE_SESSION}" in arn


def is_of_a_service(principal: Principal) -> bool:
    """Whether only a service acts as a principal: CloudFront's origin access identities and service-linked
    roles ("Create a service-linked role", IAM User Guide: only its service can take it on).
    """
    return of_cloudfront(principal) or principal.is_service_linked


def _instances(partition: str, account: str | None) -> list[Steps]:
    """Return the patterns of instances by their identity role. What ``aws:PrincipalArn`` holds for one is not
    documented: a role, or a session of it, whose ARN is of STS or, by EC2's own page, of IAM.
    """
    number = text_steps(account) if account else _ACCOUNT
    found: list[Steps] = []
    for service, rest in (
        ("iam", f"{_INSTANCE_ROLE}{_END}"),
        ("sts", _INSTANCE_SESSION),
        ("iam", _INSTANCE_SESSION),
    ):
        start = (*text_steps(f"arn:{partition}:{service}::"), *number)
        found.append((*start, *text_steps(f":{rest}"), *_INSTANCE))
    return found


def _bases(kind: Kind, partition: str, account: str | None) -> list[Steps]:
    """Return the patterns of every identity of a kind, of one account or of all."""
    number = text_steps(account) if account else _ACCOUNT
    iam = (*text_steps(f"arn:{partition}:iam::"), *number)
    if kind is Kind.ROOT:
        return [(*iam, *text_steps(":root"))]
    if kind is Kind.FEDERATED_USER:
        return [(*text_steps(f"arn:{partition}:sts::"), *number, *text_steps(":federated-user/"), *_NAME)]
    start = (*iam, *text_steps(":user/" if kind is Kind.USER else ":role/"))
    end = () if kind is Kind.USER else _SESSION
    return [(*start, *_NAME, *end), (*start, *_PATH, *_NAME, *end)]


def _with_session(arn: Steps) -> list[Steps]:
    """Return the identities with an ARN: without a session, and in any session."""
    return [arn, (*arn, *text_steps(_END), *_REST)]


def _preferred(kind: Kind, naming: Naming) -> list[str]:
    """Return identities that read well in a witness."""
    ours, partition = naming.account or EXAMPLE_ACCOUNT, naming.partition
    names = {
        Kind.ROOT: ("iam", "root"),
        Kind.USER: ("iam", "user/someone"),
        Kind.ROLE: ("iam", f"role/someone{_END}session"),
        Kind.FEDERATED_USER: ("sts", "federated-user/someone"),
    }
    service, name = names[kind]
    stranger = STRANGER if ours != STRANGER else EXAMPLE_ACCOUNT
    named = (account_of(each) for principals in naming.named for each in principals.aws)
    accounts = (ours, stranger, *filter(None, named))
    return [f"arn:{partition}:{service}::{account}:{name}" for account in accounts]


def _principal(kind: Kind, text: str) -> Principal:
    """Return the principal that an identity's text stands for."""
    arn, _, session = text.partition(_END)
    return Principal(kind, arn, session or None)


def _named_steps(named: str, partition: str) -> list[Steps]:
    """Return the identities that one entry of ``Principal: {"AWS": …}`` names."""
    account = account_of(named)
    if account is not None:
        return [(*text_steps(f"arn:{partition}:{service}::{account}:"), *_REST) for service in ("iam", "sts")]
    parts = named.split(":", 5)
    if len(parts) < 6:
        return []
    if parts[5].startswith("assumed-role/"):
        role, _, session = parts[5].removeprefix("assumed-role/").partition("/")
        start = f"arn:{parts[1]}:iam::{parts[4]}:role/"
        end = text_steps(f"{role}{_END}{session}")
        found: list[Steps] = [(*text_steps(start), *end), (*text_steps(start), _ANY, *text_steps("/"), *end)]
        return [*found, text_steps(named)]
    return _with_session(text_steps(named))


def _identity_steps(condition: Condition, partition: str) -> Iterable[Steps]:
    """Return the patterns of identities that a condition on an identity key distinguishes."""
    key = condition.name
    if key == "aws:principalarn":
        for steps in pattern_steps(condition, wild=_NO_END):
            yield from _with_session(steps)
    elif key == "aws:principalaccount":
        for service in ("iam", "sts"):
            start = text_steps(f"arn:{partition}:{service}::")
            for steps in pattern_steps(condition, wild=_ACCOUNT_CHAR):
                yield (*start, *steps, *text_steps(":"), *_REST)
    elif key == "aws:username":
        start = (*text_steps(f"arn:{partition}:iam::"), *_ACCOUNT, *text_steps(":user/"))
        for steps in pattern_steps(condition, wild=_NAME_CHAR):
            yield (*start, *steps)
            yield (*start, _ANY, *text_steps("/"), *steps)
