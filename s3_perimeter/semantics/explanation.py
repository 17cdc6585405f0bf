"""Explain: why no Deny catches a request, as a sentence that a person can act on, and what to change."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from s3_perimeter.documents.document import Condition, Rules, Statement
from s3_perimeter.documents.nodes import visible
from s3_perimeter.endpoints import ENDPOINT_KEYS
from s3_perimeter.semantics.evaluation import SERVICE_LINKED, Mismatch, mismatches, statement_matches
from s3_perimeter.semantics.request import Request

__all__ = ["Explanation", "explain", "named"]

_SOURCE_IP = "aws:sourceip"
_NETWORK = frozenset(
    {_SOURCE_IP, "aws:vpcsourceip", "aws:sourcevpc", *(key.lower() for key in ENDPOINT_KEYS)}
)
_DECLARE_ENDPOINTS = "(`vpcEndpoints`, `--vpc-endpoint`)"
_REMEDIES = {
    "aws:viaawsservice": "remove the condition on `aws:ViaAWSService`: a service can act for anybody, from "
    "anywhere",
    "aws:principalisawsservice": "remove the condition on `aws:PrincipalIsAWSService`, or declare "
    "the exemption (`trustAwsServices`, `--trust-aws-services`)",
    "aws:principalservicename": "remove the condition on `aws:PrincipalServiceName`, or declare the "
    "exemption (`trustAwsServices`, `--trust-aws-services`)",
    "aws:sourcevpce": "remove the condition on `aws:SourceVpce`, or declare the endpoint "
    f"{_DECLARE_ENDPOINTS}",
    "aws:vpceorgid": "take the condition on `aws:VpceOrgID` out of it, or declare the organization "
    f"{_DECLARE_ENDPOINTS}",
    "aws:vpceaccount": "take the condition on `aws:VpceAccount` out of it, or declare the account "
    f"{_DECLARE_ENDPOINTS}",
    "aws:sourcevpcarn": "take the condition on `aws:SourceVpcArn` out of it, or declare the VPC "
    f"{_DECLARE_ENDPOINTS}",
    "aws:sourcevpc": "name the endpoints instead of the VPC, `StringNotEquals` on `aws:SourceVpce`, or the "
    f"VPC's ARN, `ArnNotEquals` on `aws:SourceVpcArn`, and declare what you name {_DECLARE_ENDPOINTS}",
    "aws:principalarn": "remove the condition on `aws:PrincipalArn`, or declare the principal "
    "(`breakGlassPrincipals`, `--break-glass`), which exempts it on the public endpoint only",
    "aws:securetransport": "write a separate Deny for TLS, and deny requests from outside over HTTPS too",
    "aws:currenttime": "take the date out of it: a perimeter has no opening hours",
    "aws:epochtime": "take the date out of it: a perimeter has no opening hours",
}
_MISSING = (
    'add a Deny for `"Principal": "*"`, `"Action": "s3:*"`, the bucket and its objects, with `NotIpAddress` '
    "on `aws:SourceIp` and the allow-list"
)


class Explanation(NamedTuple):
    """Why a request gets through (`because`), what to do about it (`fix`), and the statement to blame.

    Explanations of one policy that have the same `fault` are about the same mistake in it.
    """

    because: str
    fix: str
    blamed: Statement | None = None
    fault: Hashable = None


def explain(policy: Rules, request: Request) -> Explanation:
    """Explain a request that no Deny matches."""
    rules = policy.rules
    denies = [each for each in rules if each.effect == "Deny"]
    fences = [each for each in denies if _about_network(each)]
    allow = _allow_for_a_deny(rules, request) or (None if fences else _allow_list(rules))
    if allow is not None:
        return _blames_allow(allow, request)
    if not denies:
        because = "the policy has no Deny, and an Allow blocks nothing" if rules else "no policy has a Deny"
        return Explanation(because, _MISSING)
    missed = [(statement, mismatches(statement, request)) for statement in fences or denies]
    # What cannot apply to the caller at all is no near miss, whatever else of it matches.
    missed.sort(
        key=lambda each: (
            any(fault.element == SERVICE_LINKED for fault in each[1]),
            len(each[1]),
            not _has_allow_list(each[0]),
            each[0].rcp is not None,
            each[0].index,
        )
    )
    blamed, faults = missed[0]
    because = f"{named(blamed)} is the closest match, but {_reasons(faults, request)}"
    if not fences:
        return Explanation(because, _MISSING, blamed)
    fix = _fix(blamed, faults, request)
    for other, others in missed[1:2]:
        # Where another one misses the request by as little, it takes both to see why nothing catches it.
        if len(others) == len(faults):
            because += f"; and {named(other)} does not match: {_reasons(others, request)}"
            fix += f"; or {_fix(other, others, request)}"
    fault = (blamed.rcp, blamed.index, tuple((each.element, each.condition) for each in faults))
    return Explanation(because, fix, blamed, fault)


def _allow_for_a_deny(rules: Iterable[Statement], request: Request) -> Statement | None:
    """Return an Allow that would deny the request, were it a Deny: the mistake this project exists for."""
    return next(
        (
            each
            for each in rules
            if each.effect == "Allow" and _has_allow_list(each) and statement_matches(each, request)
        ),
        None,
    )


def _allow_list(rules: Iterable[Statement]) -> Statement | None:
    """Return an Allow by source address, which its author may take for a fence."""
    return next((each for each in rules if each.effect == "Allow" and _about_network(each)), None)


def _blames_allow(allow: Statement, request: Request) -> Explanation:
    """Explain by an Allow that stands where a Deny has to."""
    because = f"{named(allow)} is an Allow; it blocks nobody"
    if statement_matches(allow, request) and _has_allow_list(allow):
        return Explanation(because, f'in {named(allow)}: write `"Effect": "Deny"`', allow, allow.index)
    because += ": another statement or an IAM policy can still allow the request"
    return Explanation(because, _MISSING, allow, allow.index)


def _reasons(faults: Iterable[Mismatch], request: Request) -> str:
    """Return why the elements of a statement do not match."""
    return ", and ".join(_reason(fault, request) for fault in faults)


def _fix(statement: Statement, faults: Iterable[Mismatch], request: Request) -> str:
    """Return what to change about a statement."""
    remedies = dict.fromkeys(_remedy(fault, request) for fault in faults)
    if any(fault.element == SERVICE_LINKED for fault in faults):
        return next(iter(remedies))
    return f"in {named(statement)}: {'; '.join(remedies)}"


def named(statement: Statement) -> str:
    """Return how a message names a statement: by number, Sid and line, as far as it has them, and the RCP
    that it is of.
    """
    marks = [f"`{visible(statement.sid)}`"] if statement.sid else []
    if statement.line is not None:
        marks.append(f"line {statement.line}")
    where = "" if statement.rcp is None else " of the resource control policy"
    where += f" `{visible(statement.rcp)}`" if statement.rcp else ""
    return f"statement {statement.index + 1}{where}" + (f" ({', '.join(marks)})" if marks else "")


def _about_network(statement: Statement) -> bool:
    """Whether a statement has a condition on where a request comes from."""
    return any(condition.name in _NETWORK for condition in statement.conditions)


def _has_allow_list(statement: Statement) -> bool:
    """Whether a statement is for all source addresses but some: the perimeter's own Deny."""
    return any(condition.name == _SOURCE_IP and condition.is_negated for condition in statement.conditions)


def _reason(fault: Mismatch, request: Request) -> str:
    """Return why one element of a statement does not match."""
    if fault.element == SERVICE_LINKED:
        return "resource control policies do not apply to service-linked roles"
    if fault.undecided:
        return f"AWS does not document whether its `{fault.element}` matches"
    if fault.condition is not None:
        return _condition_reason(fault.condition, request)
    if fault.element in ("Principal", "Action", "Resource"):
        asked = {"Principal": request.principal, "Action": request.action, "Resource": request.resource}
        return f"its `{fault.element}` does not cover `{visible(str(asked[fault.element]))}`"
    exempt = {"NotPrincipal": request.principal, "NotAction": request.action, "NotResource": request.resource}
    return f"its `{fault.element}` exempts `{visible(str(exempt[fault.element]))}`"


def _condition_reason(condition: Condition, request: Request) -> str:
    """Return why a condition does not hold."""
    key = visible(condition.key)
    what = f"its condition `{condition.spelled}` on `{key}` does not hold"
    values = request.values(condition.key)
    if values is None:
        return f"{what}: the request has no `{key}`"
    return f"{what}: the request has `{visible(', '.join(values))}` there"


def _remedy(fault: Mismatch, request: Request) -> str:
    """Return what to change about one element."""
    if fault.element == SERVICE_LINKED:
        return (
            "put the Deny into the bucket policy as well, or declare the exemption (`trustAwsServices`, "
            "`--trust-aws-services`)"
        )
    if fault.undecided:
        return f"write its `{fault.element}` in a form that AWS documents"
    if fault.condition is not None:
        return _condition_remedy(fault.condition, request)
    if "Principal" in fault.element:
        return 'write `"Principal": "*"`, and exempt people by conditions on `aws:PrincipalArn`'
    if "Action" in fault.element:
        return 'write `"Action": "s3:*"`, which also covers actions that AWS adds later'
    bucket, slash, _ = request.resource.partition("/")
    missing = f"{visible(bucket)}{slash and '/*'}"
    if fault.element == "Resource":
        return f"add `{missing}` to its `Resource`"
    return f"write `Resource` with `{visible(bucket)}` and `{visible(bucket)}/*` instead of `NotResource`"


def _condition_remedy(condition: Condition, request: Request) -> str:
    """Return what to change about a condition."""
    name = condition.name
    shown = f"the condition `{condition.spelled}` on `{visible(condition.key)}`"
    if condition.operator == "Null":
        return f"remove {shown}: requests that it leaves out get through"
    if name != _SOURCE_IP:
        return _REMEDIES.get(name) or f"remove {shown}: callers can choose its value"
    if condition.qualifier:
        return f"write `{condition.operator}` without `{condition.qualifier}`"
    if condition.is_negated and request.source_ip is not None:
        return f"remove `{request.source_ip}` from its list, or add it to the allow-list"
    if request.source_ip is None:
        return "write `NotIpAddress` with the allow-list, which is also true for requests without an address"
    return "write `NotIpAddress` with the allow-list instead of listing what to deny"
