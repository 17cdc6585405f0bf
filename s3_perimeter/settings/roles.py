"""`roles`: people who sign in elsewhere and hold no access key: who may assume which role, and for how long.

Source: IAM User Guide, "IAM and AWS STS quotas" (session duration) and "Role chaining".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from s3_perimeter.documents.nodes import clipped
from s3_perimeter.partitions import PARTITIONS
from s3_perimeter.principals import SHARED_ISSUERS, Principal, PrincipalKind
from s3_perimeter.settings.forms import items, one_line, shown, whole_number
from s3_perimeter.settings.people import (
    DEFAULT_ACCESS,
    Access,
    read_access,
    read_name,
    read_people,
    read_prefix,
)
from s3_perimeter.settings.report import Report

__all__ = ["Role", "read_roles"]


@dataclass(frozen=True, slots=True)
class Role:
    """One role. `subjects` says whom of those that a provider vouches for, `audience` the token's."""

    name: str
    assumed_by: tuple[Principal, ...]
    access: tuple[Access, ...] = DEFAULT_ACCESS
    prefix: str | None = None
    subjects: tuple[str, ...] = ()
    audience: str | None = None
    max_session_hours: int = 1


FIELDS = ("name", "access", "prefix", "assumedBy", "subjects", "audience", "maxSessionHours")
EXAMPLE = (
    'write a list such as `[{"name": "analyst", "assumedBy": '
    '["arn:aws:iam::111122223333:saml-provider/idp"]}]`'
)
MOST_HOURS = 12
WHO = (
    "write the ARN of a user, a role (an Identity Center permission set's too), a `saml-provider`, an "
    "`oidc-provider` or a Roles Anywhere `trust-anchor`"
)
SUBJECTS = 'write a list such as `["ana@example.com"]`, or leave it out'
AUDIENCE = "write the client id that the tokens are for, or leave it out"
LONGEST_ARN = 2048
VOUCHED = (PrincipalKind.SAML, PrincipalKind.OIDC, PrincipalKind.TRUST_ANCHOR)
"""Principals that stand for everybody they vouch for."""

_ARN = rf"arn:({'|'.join(PARTITIONS)})"
SESSION = re.compile(_ARN + r":sts::([0-9]{12}):assumed-role/([^/]+)/.+", re.ASCII)
ACCOUNT = re.compile(rf"(?:{_ARN}:iam::)?[0-9]{{12}}(?::root)?", re.ASCII)
SSO_WILDCARD = "AWSReservedSSO_"


def read_roles(value: object, report: Report) -> tuple[Role, ...]:
    """Return the roles in the order written; none where the config says nothing."""
    if value is None:
        return ()
    return read_people(value, report, kind="role", example=EXAMPLE, known=FIELDS, read=_role)


def _role(given: dict[str, object], report: Report) -> Role | None:
    """Return one role, or None where there is no name."""
    name = read_name(given, report, "role")
    access = read_access(given, report, "role")
    prefix = read_prefix(given, report)
    before = len(report.mistakes)
    principals = _assumed_by(given, report)
    complete = len(report.mistakes) == before
    subjects = _subjects(given, report)
    audience = None
    if "audience" in given:
        audience = one_line(given["audience"], report.at("`audience`"), AUDIENCE)
    hours = 1
    if "maxSessionHours" in given:
        here = report.at("`maxSessionHours`")
        hours = whole_number(given["maxSessionHours"], here, 1, MOST_HOURS, "hours") or 1
    if complete:
        _held_together(given, principals, hours, report)
    if name is None:
        return None
    return Role(name, principals, access, prefix, subjects, audience, hours)


def _assumed_by(given: Mapping[str, Any], report: Report) -> tuple[Principal, ...]:
    """Return who may assume the role, each once."""
    here = report.at("`assumedBy`")
    if "assumedBy" not in given:
        report.mistake("nobody may assume the role: it has no `assumedBy`", WHO)
        return ()
    example = 'write a list such as `["arn:aws:iam::111122223333:saml-provider/idp"]`'
    listed = items(given["assumedBy"], here, example)
    if listed is not None and not listed:
        here.mistake("nobody may assume the role: the list is empty", WHO)
    found: dict[str, int] = {}
    principals = []
    for position, entry in enumerate(listed or (), 1):
        at = here.at(f"entry {position}")
        principal = _principal(entry, at)
        if principal is None:
            continue
        earlier = found.setdefault(principal.arn, position)
        if earlier != position:
            at.warn(f"`{principal.arn}` is already entry {earlier}", "keep one of the two")
        else:
            principals.append(principal)
    return tuple(principals)


def _principal(entry: object, report: Report) -> Principal | None:
    """Return the principal of one ARN, or None with the mistake noted."""
    if not isinstance(entry, str) or not entry:
        report.mistake(f"expected an ARN, found {shown(entry)}", WHO)
        return None
    principal = Principal.parse(entry) if len(entry) <= LONGEST_ARN else None
    if principal is not None:
        return principal
    session = SESSION.fullmatch(entry)
    if SSO_WILDCARD in entry and "*" in entry:
        report.mistake(
            f"{shown(entry)} names no permission set in particular",
            "write its role's whole ARN, in which `*` may stand for the 16 digits at the end alone",
        )
    elif "*" in entry or "?" in entry or "${" in entry:
        report.mistake(f"{shown(entry)} has a wildcard or variable, so it names nobody in particular", WHO)
    elif session:
        partition, account, role = session.groups()
        report.mistake(
            f"{shown(entry)} is one session, which ends; name its role instead",
            f"write `arn:{partition}:iam::{account}:role/{clipped(role)}` with its path, if it has one",
        )
    elif ACCOUNT.fullmatch(entry):
        report.mistake(f"{shown(entry)} is a whole account", WHO)
    else:
        report.mistake(f"{shown(entry)} is not the ARN of a principal that can assume a role", WHO)
    return None


def _subjects(given: Mapping[str, Any], report: Report) -> tuple[str, ...]:
    """Whom of those that a provider vouches for, each once."""
    if "subjects" not in given:
        return ()
    here = report.at("`subjects`")
    listed = items(given["subjects"], here, SUBJECTS)
    if listed is not None and not listed:
        here.mistake("the list is empty, and nobody could assume the role", SUBJECTS)
    found: list[str] = []
    for position, entry in enumerate(listed or (), 1):
        at = here.at(f"entry {position}")
        subject = one_line(entry, at, SUBJECTS)
        if subject is None:
            continue
        if not subject.strip("*?"):
            at.mistake(f"{shown(subject)} matches everybody", "name somebody, or leave `subjects` out")
        elif "${" in subject:
            at.mistake(f"{shown(subject)} contains `${{`, which is a variable in a policy", "write the name")
        elif subject in found:
            at.warn(f"`{clipped(subject)}` is listed twice", "keep one of them")
        else:
            found.append(subject)
    return tuple(found)


def _held_together(
    given: Mapping[str, Any], principals: tuple[Principal, ...], hours: int, report: Report
) -> None:
    """Note where `subjects`, `audience` or `maxSessionHours` do not go with who may assume the role."""
    kinds = {principal.kind for principal in principals}
    if "subjects" in given and not kinds & set(VOUCHED):
        report.at("`subjects`").mistake(
            "`assumedBy` names only users and roles, who vouch for nobody else", "leave `subjects` out"
        )
    if "audience" in given and PrincipalKind.OIDC not in kinds:
        report.at("`audience`").mistake("only tokens of an `oidc-provider` have an audience", "leave it out")
    if "subjects" not in given:
        for principal in principals:
            _without_subjects(principal, report)
    chained = {PrincipalKind.ROLE, PrincipalKind.PERMISSION_SET}
    if kinds and kinds <= chained and hours > 1:
        report.at("`maxSessionHours`").warn(
            f"a role that is assumed from another role's session lasts one hour at most, not {hours}",
            "write 1, or leave it out",
        )


def _without_subjects(principal: Principal, report: Report) -> None:
    """Note where a provider may give access to somebody who was not named."""
    here = report.at("`assumedBy`")
    if principal.kind is PrincipalKind.OIDC and SHARED_ISSUERS.fullmatch(principal.name):
        here.mistake(
            f"`{principal.name}` gives tokens to customers of every company",
            "add `subjects`, the `sub` of the tokens that are meant",
        )
    elif principal.kind is PrincipalKind.OIDC:
        here.warn(
            f"anybody who gets a token of `{principal.name}` for an audience of the provider may assume the "
            "role",
            "add `subjects`, the `sub` of the tokens that are meant",
        )
    elif principal.kind is PrincipalKind.TRUST_ANCHOR:
        here.warn(
            f"anybody with a certificate that `{clipped(principal.arn)}` has issued may assume the role",
            "add `subjects`, the common names of the certificates that are meant",
        )
