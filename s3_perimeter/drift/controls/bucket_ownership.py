"""Object ownership is as declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.acl import declared_grants
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]

_ENFORCED: Final = "BucketOwnerEnforced"


@control(
    about=Bucket,
    id="bucket-ownership",
    title="object ownership is as declared",
    severity=Severity.HIGH,
    impact="With any setting except BucketOwnerEnforced, ACLs grant access in addition to the policy.",
    reads=lambda bucket: [s3.ownership(bucket)],
    parts=("s3/bucketOwnershipControls",),
    default=f"{_ENFORCED}, so that ACLs take no effect",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield the difference in object ownership.

    If nothing is declared, S3 enforces the owner's ownership (since April 2023), unless the stack declares an
    ACL that grants something, which needs ACLs to be enabled.
    """
    part = bucket.part("s3/bucketOwnershipControls")
    rules = (context(s3.ownership(bucket)) or {}).get("OwnershipControls", {}).get("Rules", [])
    observed = rules[0].get("ObjectOwnership") if rules else None
    declared = part.properties.block("rule").text("objectOwnership") if part else _ENFORCED
    if observed == declared or (part is None and declared_grants(bucket)):
        return
    in_force = observed != _ENFORCED
    detail = (
        "ACLs take effect again: an uploader can own an object and give it to anybody"
        if in_force
        else "ACLs take no effect any more: access that they granted has ended"
    )
    fix = redeploy(context)
    if part is None:
        fix = (
            f"aws s3api put-bucket-ownership-controls {on(bucket)} --ownership-controls "
            f"'Rules=[{{ObjectOwnership={_ENFORCED}}}]', or declare the ownership that is meant"
        )
        detail = f"S3's own default for new buckets is off: {detail}"
    yield changed(Severity.HIGH if in_force else Severity.MEDIUM, declared, observed, detail, fix)
