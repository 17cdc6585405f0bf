"""The bucket's tags are as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.words import changed, declared_tags, own_tags, redeploy
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import Bucket


def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    declared = declared_tags(bucket.resource)
    observed = own_tags((context(s3.tags(bucket)) or {}).get("TagSet", ()))
    if observed != declared:
        keys = sorted(key for key in declared | observed if declared.get(key) != observed.get(key))
        yield changed(
            Severity.LOW,
            declared,
            observed,
            f"tags differ ({', '.join(keys)}): tag-based policies and cost reports change",
            redeploy(context),
        )


CONTROL = Control(
    id="bucket-tags",
    title="the bucket's tags are as declared",
    scope="bucket",
    severity=Severity.LOW,
    impact="Where access is granted by tags, a changed tag is a changed permission.",
    reads=lambda bucket: [s3.tags(bucket)],
    judge=judge,
    inline=("tags",),
    default="no tags",
)
