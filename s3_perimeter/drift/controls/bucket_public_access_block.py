"""The bucket's public-access block is as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Severity

SWITCHES = {
    "BlockPublicAcls": "blockPublicAcls",
    "IgnorePublicAcls": "ignorePublicAcls",
    "BlockPublicPolicy": "blockPublicPolicy",
    "RestrictPublicBuckets": "restrictPublicBuckets",
}


def switched_on(block: Mapping[str, Any] | None) -> list[str]:
    """The switches of an answered block that are on; none where there is no block."""
    return [name for name in SWITCHES if (block or {}).get(name) is True]


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketPublicAccessBlock")
    if part is None:
        return
    declared = [name for name, given in SWITCHES.items() if part.get(given) is True]
    answer = view(s3.public_access_block(bucket))
    observed = switched_on(answer and answer.get("PublicAccessBlockConfiguration"))
    off = [name for name in declared if name not in observed]
    more = [name for name in observed if name not in declared]
    if off:
        yield changed(
            Severity.CRITICAL,
            declared,
            observed if answer else None,
            f"switched off: {', '.join(off)}; a public policy or ACL put on the bucket now takes effect",
            mend(view),
        )
    elif more:
        yield changed(
            Severity.LOW,
            declared,
            observed,
            f"switched on beyond what is declared: {', '.join(more)}",
            mend(view),
        )


CONTROL = Control(
    id="bucket-public-access-block",
    title="the bucket's public-access block is as declared",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="Without the block one mistaken policy or ACL opens the bucket to the internet.",
    reads=lambda bucket: [s3.public_access_block(bucket)],
    judge=judge,
)
