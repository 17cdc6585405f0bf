"""Object ownership is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketOwnershipControls")
    if part is None:
        return
    declared = (part.get("rule") or {}).get("objectOwnership")
    answer = view(s3.ownership(bucket)) or {}
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    observed = rules[0].get("ObjectOwnership") if rules else None
    if observed != declared:
        yield changed(
            Severity.HIGH,
            declared,
            observed,
            "ACLs take effect again: an uploader can own an object and give it to anybody",
            mend(view),
        )


CONTROL = Control(
    id="bucket-ownership",
    title="object ownership is as declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="With anything but BucketOwnerEnforced, ACLs grant access beside the policy.",
    reads=lambda bucket: [s3.ownership(bucket)],
    judge=judge,
)
