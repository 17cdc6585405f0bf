"""The bucket's tags are as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import other_tags
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-tags",
    title="the bucket's tags are as declared",
    severity=Severity.LOW,
    impact="Where access is granted by tags, a changed tag is a changed permission.",
    reads=lambda bucket: [s3.tags(bucket)],
    inline=("tags",),
    default="no tags",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    yield from other_tags(
        bucket.resource,
        (context(s3.tags(bucket)) or {}).get("TagSet", ()),
        context,
        lambda keys: f"tags differ ({keys}): tag-based policies and cost reports change",
    )
