"""Dead Allows in words: whom one concerns, why nobody can use it, and what to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s3_perimeter.documents.document import Principals, Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.endpoints import ENDPOINT_KEYS
from s3_perimeter.fence import LOG_DELIVERY, Perimeter
from s3_perimeter.proof.likely_use import is_replication
from s3_perimeter.proof.result import listed
from s3_perimeter.semantics.conditions import NEGATED
from s3_perimeter.semantics.evaluation import account_of
from s3_perimeter.semantics.explanation import named

__all__ = ["because", "fix", "whom"]

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


def whom(statement: Statement) -> str:
    """Return whom an Allow is for, in plain words."""
    who = listed(_clipped(list(_names(statement))))
    for condition in statement.conditions:
        word = _CONDITIONS.get(folded(condition.key))
        if word and condition.operator not in NEGATED and condition.operator != "Null":
            who += f" {word} {listed(_clipped([f'`{value}`' for value in condition.values]), 'or')}"
    return f"S3 replication as {who}" if is_replication(statement) else who


def because(statement: Statement, meeting: Sequence[Statement]) -> str:
    """Return why nobody can use an Allow."""
    denies = listed(_clipped([named(each) for each in meeting]))
    verb = "denies" if len(meeting) == 1 else "together deny"
    return f"{denies} {verb} every request that {named(statement)} allows"


def fix(statement: Statement, meeting: Sequence[Statement], perimeter: Perimeter) -> str:
    """Return what to do about a dead Allow."""
    denies = listed(_clipped([named(each) for each in meeting]))
    exempt = f"exempt them in {denies}"
    keys = {folded(condition.key) for condition in statement.conditions}
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
