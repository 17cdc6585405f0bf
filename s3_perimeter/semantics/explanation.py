"""Explain: why no Deny catches a request, as a sentence that a person can act on, and what to change."""

from __future__ import annotations

from typing import NamedTuple

from s3_perimeter.documents.document import Condition, PolicyDocument, Statement
from s3_perimeter.documents.nodes import visible
from s3_perimeter.semantics.conditions import NEGATED
from s3_perimeter.semantics.evaluation import Mismatch, mismatches
from s3_perimeter.semantics.patterns import folded
from s3_perimeter.semantics.request import Request

__all__ = ["Explanation", "explain", "named"]

_SOURCE_IP = "aws:sourceip"
_REMEDIES = {
    "aws:viaawsservice": "take the condition on `aws:ViaAWSService` out of it: a service may act for anyone, "
    "from anywhere",
    "aws:principalisawsservice": "take the condition on `aws:PrincipalIsAWSService` out of it, or declare "
    "the exemption (`trustAwsServices`, `--trust-aws-services`)",
    "aws:principalservicename": "take the condition on `aws:PrincipalServiceName` out of it, or declare the "
    "exemption (`trustAwsServices`, `--trust-aws-services`)",
    "aws:sourcevpce": "take the condition on `aws:SourceVpce` out of it, or declare the endpoint "
    "(`vpcEndpoints`, `--vpc-endpoint`)",
    "aws:sourcevpc": "name the endpoints instead of the VPC: `StringNotEquals` on `aws:SourceVpce`, and "
    "declare them (`vpcEndpoints`, `--vpc-endpoint`)",
    "aws:principalarn": "take the condition on `aws:PrincipalArn` out of it, or declare the principal "
    "(`breakGlassPrincipals`, `--break-glass`), which exempts it on the public endpoint only",
    "aws:securetransport": "leave TLS to a Deny of its own and deny requests from outside over HTTPS too",
    "aws:currenttime": "take the date out of it: a perimeter has no opening hours",
    "aws:epochtime": "take the date out of it: a perimeter has no opening hours",
}
_MISSING = (
    'add a Deny for `"Principal": "*"`, `"Action": "s3:*"`, the bucket and its objects, with `NotIpAddress` '
    "on `aws:SourceIp` and the allow-list"
)


class Explanation(NamedTuple):
    """Why a request gets through (`because`), what to do about it (`fix`), and the Deny that came nearest."""

    because: str
    fix: str
    nearest: Statement | None = None


def explain(policy: PolicyDocument, request: Request) -> Explanation:
    """Explain a request that no Deny matches."""
    variables = policy.version == "2012-10-17"
    denies = [statement for statement in policy.statements if statement.effect == "Deny"]
    if not denies:
        return Explanation("the policy has no Deny, and an Allow seals nothing", _MISSING)
    missed = [(statement, mismatches(statement, request, variables=variables)) for statement in denies]
    nearest, faults = min(missed, key=lambda each: (not _about_network(each[0]), len(each[1]), each[0].index))
    reasons = ", and ".join(_reason(fault, request) for fault in faults)
    because = f"{named(nearest)} comes nearest, but {reasons}"
    if not _about_network(nearest):
        return Explanation(because, _MISSING, nearest)
    fix = "; ".join(dict.fromkeys(_remedy(fault, request) for fault in faults))
    return Explanation(because, f"in {named(nearest)}: {fix}", nearest)


def named(statement: Statement) -> str:
    """Return how a message names a statement: by number, Sid and line, as far as it has them."""
    marks = [f"`{visible(statement.sid)}`"] if statement.sid else []
    if statement.line is not None:
        marks.append(f"line {statement.line}")
    return f"statement {statement.index + 1}" + (f" ({', '.join(marks)})" if marks else "")


def _about_network(statement: Statement) -> bool:
    """Whether a statement has a condition on the source address: the perimeter's own Deny."""
    return any(folded(condition.key) == _SOURCE_IP for condition in statement.conditions)


def _reason(fault: Mismatch, request: Request) -> str:
    """Return why one element of a statement does not match."""
    if fault.undecided:
        return f"nothing documented tells whether its `{fault.element}` matches"
    if fault.condition is not None:
        return _condition_reason(fault.condition, request)
    if fault.element in ("Principal", "Action", "Resource"):
        asked = {"Principal": request.principal, "Action": request.action, "Resource": request.resource}
        return f"its `{fault.element}` does not cover `{visible(str(asked[fault.element]))}`"
    spared = {"NotPrincipal": request.principal, "NotAction": request.action, "NotResource": request.resource}
    return f"its `{fault.element}` spares `{visible(str(spared[fault.element]))}`"


def _condition_reason(condition: Condition, request: Request) -> str:
    """Return why a condition does not hold."""
    key = visible(condition.key)
    what = f"its condition `{_operator(condition)}` on `{key}` does not hold"
    values = request.values(condition.key)
    if values is None:
        return f"{what}: the request has no `{key}`"
    return f"{what}: the request has `{visible(', '.join(values))}` there"


def _operator(condition: Condition) -> str:
    """Return an operator as the policy writes it."""
    qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
    return f"{qualifier}{condition.operator}{'IfExists' if condition.if_exists else ''}"


def _remedy(fault: Mismatch, request: Request) -> str:
    """Return what to change about one element."""
    if fault.condition is not None:
        return _condition_remedy(fault.condition, request)
    if "Principal" in fault.element:
        return 'write `"Principal": "*"`, and exempt people by conditions on `aws:PrincipalArn`'
    if "Action" in fault.element:
        return 'write `"Action": "s3:*"`, which covers the actions that AWS adds, too'
    return "name both `arn:…:s3:::BUCKET` and `arn:…:s3:::BUCKET/*` as `Resource`"


def _condition_remedy(condition: Condition, request: Request) -> str:
    """Return what to change about a condition."""
    name = folded(condition.key)
    if name != _SOURCE_IP:
        remedy = _REMEDIES.get(name)
        return remedy or f"take the condition on `{visible(condition.key)}` out of it: callers can satisfy it"
    if request.source_ip is None:
        return "write `NotIpAddress` with the allow-list, which also holds for requests without an address"
    if condition.operator in NEGATED:
        return f"take `{request.source_ip}` out of its list, or put it on the allow-list"
    return "write `NotIpAddress` with the allow-list instead of listing what to deny"
