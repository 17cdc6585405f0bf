"""The bucket's public-access block is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.public_access_block import SWITCHES, declared_on, switched_on
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-public-access-block",
    title="the bucket's public-access block is as declared",
    severity=Severity.CRITICAL,
    impact="Without the block one mistaken policy or ACL opens the bucket to the internet.",
    reads=lambda bucket: [s3.public_access_block(bucket)],
    parts=("s3/bucketPublicAccessBlock",),
    default="all four switches on",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield the difference of the block. If none is declared, the default of buckets created since April 2023
    is expected.
    """
    part = bucket.part("s3/bucketPublicAccessBlock")
    declared = declared_on(part) if part else list(SWITCHES)
    answer = context(s3.public_access_block(bucket))
    observed = switched_on(answer and answer.get("PublicAccessBlockConfiguration"))
    off = [name for name in declared if name not in observed]
    more = [name for name in observed if name not in declared]
    if off:
        takes_effect = "a public policy or ACL put on the bucket now takes effect"
        if part:
            severity, fix = Severity.CRITICAL, redeploy(context)
            detail = f"switched off: {', '.join(off)}; {takes_effect}"
        else:
            severity = Severity.HIGH
            on_all = ",".join(f"{name}=true" for name in SWITCHES)
            fix = (
                f"aws s3api put-public-access-block {on(bucket)} --public-access-block-configuration "
                f"{on_all}, or declare the block that is meant"
            )
            detail = f"S3's own default for new buckets is off: {', '.join(off)}; {takes_effect}"
        yield changed(severity, declared, observed if answer else None, detail, fix)
    elif more:
        yield changed(
            Severity.LOW,
            declared,
            observed,
            f"switched on beyond what is declared: {', '.join(more)}",
            redeploy(context),
        )
