"""no-website-or-public-acl: no bucket serves a website, and no bucket or object has an ACL beyond its
owner's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..declared import kinds
from ..declared.deployment import Bucket
from ..declared.values import UNKNOWN, Value
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]

# The canned ACLs that grant nobody anything but the owner of the bucket and of the object.
HARMLESS: Final = (
    "private",
    "bucket-owner-full-control",
    "bucket-owner-read",
    "Private",
    "BucketOwnerFullControl",
)


@rule(
    id="no-website-or-public-acl",
    severity="high",
    description="No bucket serves a website, and no bucket or object has an ACL that grants beyond its "
    "owner.",
    remedy="remove the ACL and its grants; give access by policy",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        subject = f"bucket {bucket.label}"
        yield from _website(bucket, subject)
        for name in ("acl", "accessControl"):
            yield from _canned(bucket.urn, subject, bucket.inline(name))
        if bucket.resource is not None and bucket.resource.inputs is not None:
            # The owner's own grant is an output of every bucket, so what is only read says nothing.
            yield from _grants(bucket.urn, subject, bucket.inline("grants"))
        for part in bucket.attached(kinds.ACL):
            yield from _canned(part.urn, subject, part.declared.get("acl"))
            yield from _grants(part.urn, subject, part.declared.get("accessControlPolicy"))
        for held in bucket.attached(kinds.OBJECT):
            yield from _canned(held.urn, f"object `{held.name}` of {subject}", held.declared.get("acl"))
            yield from _grants(held.urn, f"object `{held.name}` of {subject}", held.declared.get("grants"))


def _website(bucket: Bucket, subject: str) -> Iterator[Violation]:
    fix = "remove the website configuration; read a private bucket with signed requests"
    for part in bucket.attached(kinds.WEBSITE):
        yield broken(part.urn, subject, "it serves a website", fix)
    if bucket.inline("website", "websites", "websiteConfiguration") is not None:
        yield broken(bucket.urn, subject, "it serves a website", fix)


def _canned(urn: str, subject: str, acl: Value) -> Iterator[Violation]:
    if acl is None or acl in HARMLESS:
        return
    reason = "its ACL is not known during preview" if acl is UNKNOWN else f"its ACL is `{acl}`"
    yield broken(urn, subject, reason, REMEDY)


def _grants(urn: str, subject: str, grants: Value) -> Iterator[Violation]:
    if grants is None or grants == [] or grants == {}:
        return
    reason = "its ACL grants are not known during preview" if grants is UNKNOWN else "it has ACL grants"
    yield broken(urn, subject, reason, REMEDY)
