"""Sealing: the Deny statements that seal a perimeter's bucket.

Source: "Bucket policies" and "IAM JSON policy elements: Condition operators" of AWS's documentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.endpoints import ENDPOINT_KEYS, endpoints_held_by
from s3_perimeter.errors import PerimeterError
from s3_perimeter.fence import Perimeter

__all__ = ["BuildError", "Conditions", "deny", "expiring_at", "fence_statements", "resources"]

_TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")

Conditions: TypeAlias = dict[str, dict[str, object]]


class BuildError(PerimeterError):
    """No bucket policy can be built from this perimeter; the message says why and what to change."""


def fence_statements(
    perimeter: Perimeter, minimum_tls: str | None, trusted_services: Sequence[str], *, tls: bool = True
) -> list[dict[str, object]]:
    """Return the Deny statements; the named services are exempt, and so is what the perimeter exempts. With
    `tls`, requests without it are denied.
    """
    if not (perimeter.allowed or perimeter.vpc_endpoints):
        raise BuildError(
            "the allow-list is empty, so the policy would lock out everybody\n\n"
            "hint: name at least one network in `allowedNetworks`, or VPC endpoints in `vpcEndpoints`"
        )
    outside = _outside(perimeter, trusted_services)
    statements = [deny("DenyOutsideAllowedNetworks", perimeter, outside)]
    statements += _expired(perimeter)
    if perimeter.break_glass:
        statements += _break_glass_limits(perimeter)
    if tls:
        statements.append(deny("DenyWithoutTls", perimeter, {"Bool": {"aws:SecureTransport": "false"}}))
    if minimum_tls is not None:
        if minimum_tls not in _TLS_VERSIONS:
            raise BuildError(
                f"`{minimum_tls}` is no version of TLS\n\nhint: write one of {', '.join(_TLS_VERSIONS)}"
            )
        older: Conditions = {"NumericLessThan": {"s3:TlsVersion": minimum_tls}}
        statements.append(deny("DenyOldTls", perimeter, older))
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
        found.append(deny(f"DenyExpired{label}", perimeter, conditions | _not_break_glass(perimeter)))
        if perimeter.break_glass:
            conditions |= _break_glass(perimeter) | {"Bool": {"aws:ViaAWSService": "true"}}
            found.append(deny(f"DenyExpiredBreakGlassViaServices{label}", perimeter, conditions))
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
        deny("DenyBreakGlassViaServices", perimeter, _anded(who, not_allowed(perimeter), via, others)),
        deny("DenyBreakGlassFromOtherVpcEndpoints", perimeter, _anded(who, endpoint, others)),
    ]


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


def deny(sid: str, perimeter: Perimeter, conditions: Conditions) -> dict[str, object]:
    """Return a Deny for everyone, every action, the bucket and its objects, under the conditions."""
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resources(perimeter),
        "Condition": conditions,
    }


def resources(perimeter: Perimeter) -> list[str]:
    """Return the ARNs of the bucket and of its objects."""
    return [perimeter.bucket_arn, perimeter.objects_arn]


def _scalar(values: Iterable[str]) -> object:
    """Return a single value bare and several as a list, as AWS itself prints them."""
    listed = list(values)
    return listed[0] if len(listed) == 1 else listed
