"""Building the Deny: the statements that seal a bucket, and the bucket policies made of them.

Source: "Bucket policies" and "IAM JSON policy elements: Condition operators" of AWS's documentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import MAX_POLICY_BYTES, PolicyDocument
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.endpoints import ENDPOINT_KEYS, endpoints_held_by
from s3_perimeter.errors import PerimeterError
from s3_perimeter.fence import LOG_DELIVERY, Perimeter
from s3_perimeter.proof import Verdict, prove
from s3_perimeter.semantics.networks import NOT_PUBLIC

__all__ = [
    "BuildError",
    "Conditions",
    "bucket_policy",
    "deny_statements",
    "expiring_at",
    "fence_statements",
    "log_bucket_policy",
    "proved_for",
    "public_part",
    "what_costs_most",
]

LONGEST_URL = timedelta(days=7)
"""How long a presigned URL can be good for ("Download and upload objects with presigned URLs")."""

_COSTLY_SHOWN = 5
_ALLOW_LIST = "the allow-list"
_TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_SPECIAL = re.compile(r"[*?$]")
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

Conditions: TypeAlias = dict[str, dict[str, object]]


class BuildError(PerimeterError):
    """No bucket policy can be built from this perimeter; the message says why and what to change."""


def deny_statements(
    perimeter: Perimeter, *, minimum_tls: str | None = None, max_url_age: timedelta | None = None
) -> list[dict[str, object]]:
    """Return the Deny statements that seal the perimeter's bucket, ready for ``json.dumps``.

    Beside the main Deny (everyone, every action, bucket and objects, from outside the allow-list) there is
    one per moment at which entries expire, one for requests without TLS, and, with break-glass principals,
    those that keep the exemption from reaching further than the public endpoint. ``minimum_tls``
    such as ``"1.3"`` refuses older versions, and ``max_url_age`` presigned URLs that were signed longer ago.
    Addresses of the allow-list that are not public are left out: nobody comes from there, and AWS services
    may for anybody. The allow-list may be empty where VPC endpoints are exempt.

    Raises:
        BuildError: the statements do not fit into a bucket policy or an exemption cannot be expressed.
    """
    perimeter = public_part(perimeter)
    statements = [*fence_statements(perimeter, minimum_tls, ()), *_old_urls(perimeter, max_url_age)]
    proved_for(_policy_text(statements, perimeter), perimeter)
    return statements


def bucket_policy(
    perimeter: Perimeter, *, minimum_tls: str | None = None, max_url_age: timedelta | None = None
) -> str:
    """Return the bucket policy as compact JSON text of at most 20,480 bytes."""
    perimeter = public_part(perimeter)
    statements = [*fence_statements(perimeter, minimum_tls, ()), *_old_urls(perimeter, max_url_age)]
    return proved_for(_policy_text(statements, perimeter), perimeter)


def log_bucket_policy(perimeter: Perimeter, source_bucket: str, account: str, prefix: str = "") -> str:
    """Return the policy of the access-log bucket that ``perimeter`` describes, as compact JSON text.

    S3's log delivery may put objects below ``prefix``, for ``source_bucket`` of ``account`` alone; everyone
    else is held to the perimeter. Whatever else the delivery service asks for, or asks for somebody else's
    bucket, is denied, so that its exemption is no wider than its work.
    """
    if not _PLAIN_NAME.fullmatch(source_bucket):
        raise BuildError(
            f"`{source_bucket}` is no bucket's name: it would let the logs of other buckets in\n\n"
            "hint: name the one bucket whose logs come here"
        )
    if not _ACCOUNT.fullmatch(account):
        raise BuildError(f"`{account}` is no account id\n\nhint: write its twelve digits")
    perimeter = public_part(perimeter)
    source = f"arn:{perimeter.partition}:s3:::{source_bucket}"
    # In a policy these characters have a meaning of their own; in a key they have none.
    target = f"{perimeter.bucket_arn}/{_SPECIAL.sub(_escaped, prefix)}*"
    service: Conditions = {"StringEquals": {"aws:PrincipalServiceName": LOG_DELIVERY}}
    statements: list[dict[str, object]] = [
        {
            "Sid": "AllowLogDelivery",
            "Effect": "Allow",
            "Principal": {"Service": LOG_DELIVERY},
            "Action": "s3:PutObject",
            "Resource": target,
            "Condition": {
                "ArnEquals": {"aws:SourceArn": source},
                "StringEquals": {"aws:SourceAccount": account},
            },
        },
        *fence_statements(perimeter, None, (LOG_DELIVERY,)),
        _deny(
            "DenyLogDeliveryForOtherBuckets",
            perimeter,
            {**service, "ArnNotEquals": {"aws:SourceArn": source}},
        ),
        _deny(
            "DenyLogDeliveryForOtherAccounts",
            perimeter,
            {**service, "StringNotEquals": {"aws:SourceAccount": account}},
        ),
        {
            "Sid": "DenyLogDeliveryAnythingElse",
            "Effect": "Deny",
            "Principal": "*",
            "NotAction": "s3:PutObject",
            "Resource": _resources(perimeter),
            "Condition": service,
        },
    ]
    return proved_for(_policy_text(statements, perimeter), perimeter, (LOG_DELIVERY,))


def public_part(perimeter: Perimeter) -> Perimeter:
    """Return the perimeter with the public part of its allow-list."""
    if perimeter.allowed.isdisjoint(NOT_PUBLIC):
        return perimeter
    allowed = perimeter.allowed - NOT_PUBLIC
    if not allowed:
        raise BuildError(
            f"no address of the allow-list is public ({perimeter.allowed}), so the policy would shut out "
            "everybody\n\nhint: name at least one public network in `allowedNetworks`, or none at all where "
            "VPC endpoints alone are to get in"
        )
    expiring = tuple(
        replace(each, addresses=each.addresses - NOT_PUBLIC)
        for each in perimeter.expiring
        if each.addresses - NOT_PUBLIC
    )
    return replace(perimeter, allowed=allowed, expiring=expiring)


def proved_for(text: str, perimeter: Perimeter, trusted_services: Sequence[str] = ()) -> str:
    """Return the policy when it is proved, for all times; raise BuildError otherwise."""
    proof = prove(PolicyDocument.parse(text), perimeter, now=_EVER, trusted_services=trusted_services)
    if proof.verdict is not Verdict.PROVED:
        reasons = [*(witness.because for witness in proof.escapes), *proof.undecided]
        raise BuildError(f"the policy cannot be proved for this perimeter: {'; '.join(reasons)}")
    if proof.lockouts:
        reasons = [f"{each.summary}: {each.because}" for each in proof.lockouts]
        raise BuildError(f"the policy would lock out whom it has to let in: {'; '.join(reasons)}")
    return text


def fence_statements(
    perimeter: Perimeter, minimum_tls: str | None, trusted_services: Sequence[str], *, tls: bool = True
) -> list[dict[str, object]]:
    """Return the Deny statements; the named services are exempt beside the perimeter's own exemptions. With
    `tls`, requests without it are denied.
    """
    if not (perimeter.allowed or perimeter.vpc_endpoints):
        raise BuildError(
            "the allow-list is empty, so the policy would shut out everybody\n\n"
            "hint: name at least one network in `allowedNetworks`, or VPC endpoints in `vpcEndpoints`"
        )
    outside = _outside(perimeter, trusted_services)
    statements = [_deny("DenyOutsideAllowedNetworks", perimeter, outside)]
    statements += _expired(perimeter)
    if perimeter.break_glass:
        statements += _break_glass_limits(perimeter)
    if tls:
        statements.append(_deny("DenyWithoutTls", perimeter, {"Bool": {"aws:SecureTransport": "false"}}))
    if minimum_tls is not None:
        if minimum_tls not in _TLS_VERSIONS:
            raise BuildError(
                f"`{minimum_tls}` is no version of TLS\n\nhint: write one of {', '.join(_TLS_VERSIONS)}"
            )
        older: Conditions = {"NumericLessThan": {"s3:TlsVersion": minimum_tls}}
        statements.append(_deny("DenyOldTls", perimeter, older))
    return statements


def _outside(perimeter: Perimeter, trusted_services: Sequence[str]) -> Conditions:
    """Return the main Deny's conditions: outside the allow-list, and under none of the exemptions.

    Each exemption is a negated condition that is *true* on an absent key, so that a request without the key
    stays denied: an anonymous one has no ``aws:PrincipalArn``, one over the public endpoint no
    ``aws:SourceVpce``, one through a VPC endpoint outside any organization no ``aws:VpceOrgID``, and one
    through any VPC endpoint no ``aws:SourceIp``.
    """
    services: Conditions = {}
    if trusted_services:
        services = {"StringNotEquals": {"aws:PrincipalServiceName": _scalar(sorted(trusted_services))}}
    conditions = _anded(
        not_allowed(perimeter), not_our_endpoints(perimeter), services, _not_break_glass(perimeter)
    )
    if perimeter.trust_aws_services:
        # Plain Bool is false on an absent key and would let anonymous requests out of the Deny.
        conditions["BoolIfExists"] = {"aws:PrincipalIsAWSService": "false"}
    return conditions


def expiring_at(perimeter: Perimeter) -> dict[datetime, AddressSet]:
    """Return the temporary addresses by the moment, in UTC, at which they stop being allowed; in order."""
    by_moment: dict[datetime, AddressSet] = {}
    for entry in perimeter.expiring:
        moment = entry.until.astimezone(UTC)
        by_moment[moment] = by_moment.get(moment, AddressSet.nothing()) | entry.addresses
    return dict(sorted(by_moment.items()))


def _expired(perimeter: Perimeter) -> list[dict[str, object]]:
    """Return one Deny per moment at which temporary addresses stop being allowed."""
    found = []
    for moment, addresses in expiring_at(perimeter).items():
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        label = moment.strftime("%Y%m%dT%H%M%SZ")
        conditions: Conditions = {
            "IpAddress": {"aws:SourceIp": _scalar(addresses.cidrs())},
            "DateGreaterThanEquals": {"aws:CurrentTime": stamp},
        }
        found.append(_deny(f"DenyExpired{label}", perimeter, conditions | _not_break_glass(perimeter)))
        if perimeter.break_glass:
            conditions |= _break_glass(perimeter) | {"Bool": {"aws:ViaAWSService": "true"}}
            found.append(_deny(f"DenyExpiredBreakGlassViaServices{label}", perimeter, conditions))
    return found


def _break_glass_limits(perimeter: Perimeter) -> list[dict[str, object]]:
    """Return what keeps break-glass principals to the public endpoint.

    The main Deny skips them however their request arrives; these two take back what was not declared: a
    service acting for them from outside, and other people's VPC endpoints.
    """
    who = _break_glass(perimeter)
    others = not_our_endpoints(perimeter)
    via: Conditions = {"Bool": {"aws:ViaAWSService": "true"}}
    endpoint: Conditions = {"Null": {"aws:SourceVpce": "false"}}
    return [
        _deny("DenyBreakGlassViaServices", perimeter, _anded(who, not_allowed(perimeter), via, others)),
        _deny("DenyBreakGlassFromOtherVpcEndpoints", perimeter, _anded(who, endpoint, others)),
    ]


def _old_urls(perimeter: Perimeter, most: timedelta | None) -> list[dict[str, object]]:
    """Return the Deny of presigned URLs that were signed longer ago; none without a limit.

    ``s3:signatureAge`` is in milliseconds, and of presigned URLs alone ("Amazon S3 Signature Version 4
    Authentication Specific Policy Keys").
    """
    if most is None:
        return []
    if not timedelta() < most <= LONGEST_URL:
        raise BuildError(
            f"a presigned URL cannot be limited to {most}\n\nhint: S3 takes URLs for up to seven days; write "
            "a time above zero that is no longer"
        )
    age = str(most // timedelta(milliseconds=1))
    return [_deny("DenyOldPresignedUrls", perimeter, {"NumericGreaterThan": {"s3:signatureAge": age}})]


def not_allowed(perimeter: Perimeter) -> Conditions:
    """Return the condition that holds outside the allow-list; none where it is empty, with nobody inside."""
    if not perimeter.allowed:
        return {}
    return {"NotIpAddress": {"aws:SourceIp": _scalar(perimeter.allowed.cidrs())}}


def not_our_endpoints(perimeter: Perimeter) -> Conditions:
    """Return the conditions that hold for all requests but those through VPC endpoints that are exempt."""
    conditions: Conditions = {}
    for key in ENDPOINT_KEYS:
        named = endpoints_held_by(key, perimeter.vpc_endpoints)
        if named:
            operator = "ArnNotEquals" if key.endswith("Arn") else "StringNotEquals"
            conditions = _anded(conditions, {operator: {key: _scalar(sorted(named))}})
    return conditions


def _anded(*parts: Conditions) -> Conditions:
    """Return conditions that hold where all of the parts do; no two of them are about the same key."""
    found: Conditions = {}
    for part in parts:
        for operator, keys in part.items():
            found[operator] = {**found.get(operator, {}), **keys}
    return found


def _break_glass(perimeter: Perimeter) -> Conditions:
    """Return the condition that holds for break-glass principals only."""
    return {"ArnEquals": {"aws:PrincipalArn": _break_glass_arns(perimeter)}}


def _not_break_glass(perimeter: Perimeter) -> Conditions:
    """Return the condition that holds for all but break-glass principals; none without any."""
    if not perimeter.break_glass:
        return {}
    return {"ArnNotEquals": {"aws:PrincipalArn": _break_glass_arns(perimeter)}}


def _break_glass_arns(perimeter: Perimeter) -> object:
    """Return the break-glass ARNs as a condition value; refuse what ``aws:PrincipalArn`` never holds."""
    for arn in perimeter.break_glass:
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn":
            raise BuildError(
                f"break-glass principal `{arn}` is not an ARN\n\nhint: write `arn:aws:iam::ACCOUNT:role/NAME`"
            )
        if parts[5].startswith("assumed-role/"):
            raise BuildError(
                f"break-glass principal `{arn}` is a role session, which `aws:PrincipalArn` never holds\n\n"
                f"hint: write the role, `arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}`"
            )
    return _scalar(sorted(perimeter.break_glass))


def _deny(sid: str, perimeter: Perimeter, conditions: Conditions) -> dict[str, object]:
    """Return a Deny for everyone, every action, the bucket and its objects, under the conditions."""
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": _resources(perimeter),
        "Condition": conditions,
    }


def _resources(perimeter: Perimeter) -> list[str]:
    """Return the ARNs of the bucket and of its objects."""
    return [perimeter.bucket_arn, perimeter.objects_arn]


def _escaped(found: re.Match[str]) -> str:
    """Return a character as a policy writes it where it stands for itself."""
    return f"${{{found[0]}}}"


def _scalar(values: Iterable[str]) -> object:
    """Return a single value bare and several as a list, as AWS itself prints them."""
    listed = list(values)
    return listed[0] if len(listed) == 1 else listed


def _policy_text(statements: Sequence[Mapping[str, object]], perimeter: Perimeter) -> str:
    """Return the policy as compact JSON; raise BuildError where S3 would refuse its size."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    over = len(text.encode()) - MAX_POLICY_BYTES
    if over > 0:
        raise BuildError(
            f"the bucket policy is {over:,} bytes over S3's limit of {MAX_POLICY_BYTES:,}; "
            f"what costs most: {what_costs_most(perimeter, statements)}\n\n"
            "hint: replace scattered addresses by the networks around them, or let these people use a VPN; "
            "exempt fewer endpoints and principals"
        )
    return text


def what_costs_most(
    perimeter: Perimeter, statements: Sequence[Mapping[str, object]], unit: str = "bytes"
) -> str:
    """Return what takes most of the room in the statements, and in the allow-list where that does."""
    costs = _dearest(_costs_of(perimeter, statements), unit)
    if costs.startswith(_ALLOW_LIST):
        costs += f"; in it: {_dearest(_runs_of(perimeter), unit)}"
    return costs


def _dearest(costs: Mapping[str, int], unit: str) -> str:
    """Return what costs most, dearest first."""
    dearest = sorted(costs.items(), key=lambda each: (-each[1], each[0]))[:_COSTLY_SHOWN]
    return ", ".join(f"{what} ({cost:,} {unit})" for what, cost in dearest)


def _costs_of(perimeter: Perimeter, statements: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Return what allow-list, conditions and resources cost in bytes of policy."""
    found: dict[str, int] = {}
    networks = f"{_ALLOW_LIST} of {len(perimeter.allowed.cidrs()):,} networks"
    for statement in statements:
        for keys in cast(Conditions, statement.get("Condition", {})).values():
            for key, value in keys.items():
                what = networks if key == "aws:SourceIp" else f"what `{key}` is compared with"
                found[what] = found.get(what, 0) + len(json.dumps(value, separators=(",", ":")))
        resource = statement["Resource"]
        for arn in [resource] if isinstance(resource, str) else cast(list[str], resource):
            what = f"`{clipped(arn)}` as `Resource`"
            found[what] = found.get(what, 0) + len(json.dumps(arn))
    return found


def _runs_of(perimeter: Perimeter) -> dict[str, int]:
    """Return what the allow-list's runs of addresses cost in bytes each time that they are written.

    A run that does not fall on the borders of a network is written as many networks: that is what makes an
    entry dear.
    """
    allowed = perimeter.allowed
    runs = [AddressSet(v4=[run]) for run in allowed.v4]
    runs += [AddressSet(v6=[run]) for run in allowed.v6]
    found = {}
    for run in runs:
        cidrs = run.cidrs()
        what = cidrs[0] if len(cidrs) == 1 else f"{cidrs[0]} to {cidrs[-1]}, {len(cidrs)} networks"
        found[what] = sum(len(cidr) + 3 for cidr in cidrs)
    return found
