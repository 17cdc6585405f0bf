"""The bucket's tags are as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, declared_tags, mend, own_tags
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    declared = declared_tags(bucket.resource)
    observed = own_tags((view(s3.tags(bucket)) or {}).get("TagSet", ()))
    if observed != declared:
        keys = sorted(key for key in declared | observed if declared.get(key) != observed.get(key))
        yield changed(
            Severity.LOW,
            declared,
            observed,
            f"tags differ ({', '.join(keys)}): policies and bills that go by tags treat the bucket otherwise",
            mend(view),
        )


CONTROL = Control(
    id="bucket-tags",
    title="the bucket's tags are as declared",
    scope="bucket",
    severity=Severity.LOW,
    lets="Where access is granted by tags, a changed tag is a changed permission.",
    reads=lambda bucket: [s3.tags(bucket)],
    judge=judge,
)
