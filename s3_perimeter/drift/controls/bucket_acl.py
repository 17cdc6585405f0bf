"""The bucket's ACL grants nothing beyond its owner and what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import on
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity

_EVERYBODY = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everybody on the internet",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "everybody with any AWS account",
    "http://acs.amazonaws.com/groups/s3/LogDelivery": "S3's log delivery",
}
# The canned ACLs: whom they grant what beside the owner.
# Amazon S3 User Guide, "Access control list overview".
_CANNED: dict[str, set[tuple[str, str]]] = {
    "private": set(),
    "log-delivery-write": {("S3's log delivery", "WRITE"), ("S3's log delivery", "READ_ACP")},
    "public-read": {("everybody on the internet", "READ")},
    "public-read-write": {("everybody on the internet", "READ"), ("everybody on the internet", "WRITE")},
    "authenticated-read": {("everybody with any AWS account", "READ")},
}


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    answer = view(s3.acl(bucket)) or {}
    owner = answer.get("Owner", {}).get("ID")
    declared = _declared(bucket)
    observed = {
        (_grantee(grant["Grantee"]), grant["Permission"])
        for grant in answer.get("Grants", ())
        if grant["Grantee"].get("ID") != owner
    }
    for who, permission in sorted(observed - declared):
        public = who in list(_EVERYBODY.values())[:2]
        yield Difference(
            Kind.UNMANAGED,
            Severity.CRITICAL if public else Severity.HIGH,
            None,
            {"grantee": who, "permission": permission},
            f"the ACL grants {permission} to {who}",
            f"aws s3api put-bucket-acl {on(bucket)} --acl private",
        )
    for who, permission in sorted(declared - observed):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            {"grantee": who, "permission": permission},
            None,
            f"the ACL no longer grants {permission} to {who}",
            f"pulumi up --refresh --stack {view.declared.stack}",
        )


def _grantee(grantee: Mapping[str, Any]) -> str:
    uri = grantee.get("URI", "")
    return _EVERYBODY.get(uri) or uri or grantee.get("EmailAddress") or f"canonical user {grantee.get('ID')}"


def _declared(bucket: Bucket) -> set[tuple[str, str]]:
    part = bucket.part("s3/bucketAcl")
    canned = (part.text("acl") if part else None) or bucket.inline("acl") or "private"
    granted = set(_CANNED.get(canned, set()))
    policy = (part.get("accessControlPolicy") if part else None) or {}
    owner = (policy.get("owner") or {}).get("id")
    for grant in policy.get("grants") or ():
        grantee = grant.get("grantee") or {}
        if grantee.get("id") != owner or owner is None:
            named = {"URI": grantee.get("uri") or "", "ID": grantee.get("id")}
            granted.add((_grantee(named), grant.get("permission", "")))
    return granted


CONTROL = Control(
    id="bucket-acl",
    title="the bucket's ACL grants nothing beyond its owner and what is declared",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="An ACL grant lets its grantee list, write or re-permission the bucket beside the policy.",
    reads=lambda bucket: [s3.acl(bucket)],
    judge=judge,
)
