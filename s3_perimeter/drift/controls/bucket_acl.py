"""The bucket's ACL grants nothing beyond its owner and what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["declared_grants", "judge"]

_GROUPS: Final = "http://acs.amazonaws.com/groups/"
_ALL: Final = "everybody on the internet (AllUsers)"
_SIGNED: Final = "everybody with any AWS account (AuthenticatedUsers)"
_LOGS: Final = "S3's log delivery (LogDelivery)"
_NAMED: Final = {"global/AllUsers": _ALL, "global/AuthenticatedUsers": _SIGNED, "s3/LogDelivery": _LOGS}
# The canned ACLs: whom they grant what in addition to the owner.
# Amazon S3 User Guide, "Access control list overview".
_CANNED: Final[dict[str, frozenset[tuple[str, str]]]] = {
    "log-delivery-write": frozenset({(_LOGS, "WRITE"), (_LOGS, "READ_ACP")}),
    "public-read": frozenset({(_ALL, "READ")}),
    "public-read-write": frozenset({(_ALL, "READ"), (_ALL, "WRITE")}),
    "authenticated-read": frozenset({(_SIGNED, "READ")}),
}


@control(
    about=Bucket,
    id="bucket-acl",
    title="the bucket's ACL grants nothing beyond its owner and what is declared",
    severity=Severity.CRITICAL,
    impact="An ACL grants access to the bucket, or to its permissions, in addition to the policy.",
    reads=lambda bucket: [s3.acl(bucket)],
    parts=("s3/bucketAcl",),
    inline=("acl", "grants"),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    answer = context(s3.acl(bucket)) or {}
    owner = answer.get("Owner", {}).get("ID")
    declared = declared_grants(bucket)
    observed = {
        (_grantee(grant["Grantee"]), grant["Permission"])
        for grant in answer.get("Grants", ())
        if grant["Grantee"].get("ID") is None or grant["Grantee"]["ID"] != owner
    }
    declared -= {(f"canonical user {owner}", permission) for _, permission in declared}
    for who, permission in sorted(observed - declared):
        yield Difference(
            Kind.UNMANAGED,
            Severity.CRITICAL if who in (_ALL, _SIGNED) else Severity.HIGH,
            None,
            {"grantee": who, "permission": permission},
            f"the ACL grants {permission} to {who}",
            f"aws s3api put-bucket-acl {on(bucket)} --acl private" if not declared else redeploy(context),
        )
    for who, permission in sorted(declared - observed):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            {"grantee": who, "permission": permission},
            None,
            f"the ACL no longer grants {permission} to {who}",
            redeploy(context),
        )


def declared_grants(bucket: Bucket) -> set[tuple[str, str]]:
    """Return what the stack's ACL grants in addition to the owner: grantee and permission. Raises
    ShapeError.
    """
    part = bucket.part("s3/bucketAcl")
    canned = (part.properties if part else bucket.inline).text("acl")
    granted = set(_CANNED.get(canned or "private", frozenset()))
    for grant in bucket.inline.blocks("grants"):
        who = _grantee({"URI": grant.text("uri") or "", "ID": grant.text("id")})
        granted |= {(who, permission) for permission in grant.texts("permissions")}
    if part is not None:
        policy = part.properties.block("accessControlPolicy")
        owner = policy.block("owner").text("id")
        for grant in policy.blocks("grants"):
            grantee = grant.block("grantee")
            if grantee.text("id") is None or grantee.text("id") != owner:
                who = _grantee({"URI": grantee.text("uri") or "", "ID": grantee.text("id")})
                granted.add((who, grant.text("permission") or ""))
    return granted


def _grantee(grantee: Mapping[str, Any]) -> str:
    uri = str(grantee.get("URI") or "")
    known = _NAMED.get(uri.removeprefix(_GROUPS))
    return known or uri or grantee.get("EmailAddress") or f"canonical user {grantee.get('ID')}"
