"""Access control lists: whom they grant access to, as a stack declares it and as S3 answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from s3_perimeter.drift.subjects import Bucket

__all__ = ["EVERYBODY", "declared_grants", "grantee_of"]

_GROUPS: Final = "http://acs.amazonaws.com/groups/"
_ALL: Final = "everybody on the internet (AllUsers)"
_SIGNED: Final = "everybody with any AWS account (AuthenticatedUsers)"
EVERYBODY: Final = (_ALL, _SIGNED)
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


def declared_grants(bucket: Bucket) -> set[tuple[str, str]]:
    """Return what the stack's ACL grants in addition to the owner: grantee and permission. Raises
    ShapeError.
    """
    part = bucket.part("s3/bucketAcl")
    canned = (part.properties if part else bucket.inline).text("acl")
    granted = set(_CANNED.get(canned or "private", frozenset()))
    for grant in bucket.inline.blocks("grants"):
        who = grantee_of({"URI": grant.text("uri") or "", "ID": grant.text("id")})
        granted |= {(who, permission) for permission in grant.texts("permissions")}
    if part is not None:
        policy = part.properties.block("accessControlPolicy")
        owner = policy.block("owner").text("id")
        for grant in policy.blocks("grants"):
            grantee = grant.block("grantee")
            if grantee.text("id") is None or grantee.text("id") != owner:
                who = grantee_of({"URI": grantee.text("uri") or "", "ID": grantee.text("id")})
                granted.add((who, grant.text("permission") or ""))
    return granted


def grantee_of(grantee: Mapping[str, Any]) -> str:
    """Return whom a grant is for, in words where S3 has a name for them."""
    uri = str(grantee.get("URI") or "")
    known = _NAMED.get(uri.removeprefix(_GROUPS))
    return known or uri or grantee.get("EmailAddress") or f"canonical user {grantee.get('ID')}"
