"""The trust policy of a role for people: who may assume it, and from which networks.

A role's trust policy is the only policy that lets anybody assume it, and its Deny holds whatever an identity
policy allows. Every request for a session carries the caller's address (`aws:SourceIp`) but two: one through
a VPC endpoint for STS, which carries the endpoint's id, and one that IAM Roles Anywhere makes for whoever
holds a certificate. So the Deny exempts the declared endpoints, and services, of which the Allows name none
but Roles Anywhere; the sessions themselves are held to the bucket's Deny.

Source: IAM User Guide, "AWS global condition context keys", "Available keys for AWS OIDC federation" and
"… SAML-based AWS STS federation", "IAM and AWS STS quotas"; IAM Roles Anywhere User Guide, "The IAM Roles
Anywhere trust model".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from s3_perimeter.fence import Perimeter
from s3_perimeter.principals import Principal, PrincipalKind
from s3_perimeter.sealing import BuildError, expiring_at, not_allowed, not_our_endpoints

__all__ = ["TRUST_DEFAULT_LIMIT", "TRUST_LIMIT", "named_principals", "trust_policy"]

TRUST_DEFAULT_LIMIT = 2_048
"""Characters of a trust policy that IAM accepts at first, and"""
TRUST_LIMIT = 4_096
"""those that it accepts once the account's quota is raised."""

ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
_SAML_ENDPOINTS = {
    "aws-cn": "https://signin.amazonaws.cn/saml",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml",
}
_SPECIAL = ("*", "?")
_NAMING = ("aws:PrincipalArn", "aws:SourceArn")

Conditions = dict[str, dict[str, object]]
Statement = dict[str, object]


def trust_policy(
    perimeter: Perimeter,
    principals: Sequence[Principal],
    *,
    subjects: Sequence[str] = (),
    audience: str | None = None,
) -> str:
    """Return the trust policy, as compact JSON text, that lets the principals in from the allow-list alone.

    ``subjects`` says whom of those that a provider or a trust anchor vouches for: the token's `sub`, the
    assertion's NameID, or the certificate's common name; ``*`` in one stands for any text. ``audience`` is
    the token's. IAM users have to show MFA.

    Raises:
        BuildError: nobody is named, the allow-list is empty, or IAM would refuse the size.
    """
    if not principals:
        raise BuildError(
            "nobody is named who may assume the role\n\nhint: name at least one ARN in `assumedBy`"
        )
    if not (perimeter.allowed or perimeter.vpc_endpoints):
        raise BuildError("the allow-list is empty, so nobody could assume the role")
    statements = [*_allows(principals, subjects, audience), *_denies(perimeter)]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
    if len(text) > TRUST_LIMIT:
        raise BuildError(
            f"the trust policy has {len(text):,} characters, and IAM accepts {TRUST_LIMIT:,} at most\n\n"
            "hint: replace scattered addresses of the allow-list by the networks around them, or let fewer "
            "principals assume this role"
        )
    return text


def named_principals(document: str) -> tuple[Principal, ...]:
    """Return the principals that a trust policy of `trust_policy` names, in the order written.

    Raises:
        ValueError: the document is no JSON.
        TypeError: it is JSON and no policy.
    """
    read = json.loads(document)
    if not isinstance(read, dict) or not isinstance(read.get("Statement"), list):
        raise TypeError("it is no policy with a list of statements")
    found: dict[str, Principal] = {}
    for statement in read["Statement"]:
        if statement.get("Effect") != "Allow":
            continue
        conditions = statement.get("Condition", {}).values()
        named = [*statement["Principal"].values()] if isinstance(statement["Principal"], dict) else []
        named += [keys[key] for keys in conditions for key in _NAMING if key in keys]
        for value in named:
            for arn in [value] if isinstance(value, str) else value:
                principal = Principal.parse(arn)
                if principal:
                    found[arn] = principal
    return tuple(found.values())


def _allows(
    principals: Iterable[Principal], subjects: Sequence[str], audience: str | None
) -> Iterable[Statement]:
    """Return one Allow for each way in which the principals prove who they are."""
    by_kind: dict[PrincipalKind, list[Principal]] = {}
    for principal in principals:
        kind = PrincipalKind.ROLE if principal.kind is PrincipalKind.PERMISSION_SET else principal.kind
        by_kind.setdefault(kind, []).append(principal)
    roles = by_kind.get(PrincipalKind.ROLE, [])
    exact = [each.arn for each in roles if not each.any_suffix]
    patterns = [each for each in roles if each.any_suffix]
    if exact:
        yield _allow("AllowRoles", {"AWS": _scalar(exact)}, "sts:AssumeRole")
    if patterns:
        # A wildcard is only possible in a condition. The account is then the principal, and asks its own
        # identity policies for `sts:AssumeRole` too.
        accounts = sorted({f"arn:{each.partition}:iam::{each.account}:root" for each in patterns})
        named: Conditions = {"ArnLike": {"aws:PrincipalArn": _scalar(each.arn for each in patterns)}}
        yield _allow("AllowPermissionSets", {"AWS": _scalar(accounts)}, "sts:AssumeRole", named)
    if users := by_kind.get(PrincipalKind.USER):
        mfa: Conditions = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        yield _allow("AllowUsersWithMfa", {"AWS": _scalar(each.arn for each in users)}, "sts:AssumeRole", mfa)
    for each in by_kind.get(PrincipalKind.SAML, []):
        endpoint = _SAML_ENDPOINTS.get(each.partition, "https://signin.aws.amazon.com/saml")
        vouched = _merged({"StringEquals": {"SAML:aud": endpoint}}, _subject("SAML:sub", subjects))
        yield _allow(None, {"Federated": each.arn}, "sts:AssumeRoleWithSAML", vouched)
    for each in by_kind.get(PrincipalKind.OIDC, []):
        meant: Conditions = {"StringEquals": {f"{each.name}:aud": audience}} if audience else {}
        vouched = _merged(meant, _subject(f"{each.name}:sub", subjects))
        yield _allow(None, {"Federated": each.arn}, "sts:AssumeRoleWithWebIdentity", vouched)
    if anchors := by_kind.get(PrincipalKind.TRUST_ANCHOR):
        from_anchor: Conditions = {"ArnEquals": {"aws:SourceArn": _scalar(each.arn for each in anchors)}}
        yield _allow(
            "AllowCertificates",
            {"Service": ROLES_ANYWHERE},
            ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            _merged(from_anchor, _subject("aws:PrincipalTag/x509Subject/CN", subjects)),
        )


def _denies(perimeter: Perimeter) -> Iterable[Statement]:
    """Return the Deny for everybody outside the allow-list, and one per moment at which entries expire."""
    outside: Conditions = {**not_allowed(perimeter), **not_our_endpoints(perimeter)}
    # Absent from requests that nobody signs (SAML, OIDC), which have to stay denied.
    outside["BoolIfExists"] = {"aws:PrincipalIsAWSService": "false"}
    yield _deny("DenyOutsideAllowedNetworks", outside)
    for moment, addresses in expiring_at(perimeter).items():
        yield _deny(
            f"DenyExpired{moment:%Y%m%dT%H%M%SZ}",
            {
                "IpAddress": {"aws:SourceIp": _scalar(addresses.cidrs())},
                "DateGreaterThanEquals": {"aws:CurrentTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}"},
            },
        )


def _subject(key: str, subjects: Sequence[str]) -> Conditions:
    """Return the condition that names whom a provider vouches for; none where nobody is named."""
    if not subjects:
        return {}
    pattern = any(special in subject for subject in subjects for special in _SPECIAL)
    return {"StringLike" if pattern else "StringEquals": {key: _scalar(subjects)}}


def _merged(one: Conditions, other: Conditions) -> Conditions:
    """Return conditions that ask for both."""
    return {
        operator: {**one.get(operator, {}), **other.get(operator, {})}
        for operator in dict.fromkeys((*one, *other))
    }


def _allow(
    sid: str | None, principal: dict[str, object], action: object, conditions: Conditions | None = None
) -> Statement:
    statement: Statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if sid:
        statement = {"Sid": sid, **statement}
    if conditions:
        statement["Condition"] = conditions
    return statement


def _deny(sid: str, conditions: Conditions) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(ASSUMING),
        "Condition": conditions,
    }


def _scalar(values: Iterable[str]) -> object:
    """Return a single value bare and several as a list, as AWS itself prints them."""
    listed = list(values)
    return listed[0] if len(listed) == 1 else listed
