"""Transfer acceleration is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, on, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-acceleration",
    title="transfer acceleration is as declared",
    severity=Severity.MEDIUM,
    impact="The accelerated endpoint is another host name for the bucket: network rules that block S3's "
    "usual names do not see it.",
    reads=lambda bucket: [s3.acceleration(bucket)],
    parts=("s3/bucketAccelerateConfiguration",),
    inline=("accelerationStatus",),
    default="no acceleration",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield the difference in transfer acceleration. "Suspended" and never enabled are the same: the other
    endpoint does not answer.
    """
    part = bucket.part("s3/bucketAccelerateConfiguration")
    given = part.properties.text("status") if part else bucket.inline.text("accelerationStatus")
    declared = given == "Enabled"
    observed = (context(s3.acceleration(bucket)) or {}).get("Status") == "Enabled"
    if observed == declared:
        return
    fix = (
        redeploy(context)
        if given
        else f"aws s3api put-bucket-accelerate-configuration {on(bucket)} "
        "--accelerate-configuration Status=Suspended"
    )
    yield changed(
        Severity.MEDIUM if observed else Severity.LOW,
        "Enabled" if declared else "Suspended",
        "Enabled" if observed else "Suspended",
        "the bucket answers on a second endpoint at the edge of AWS's network, by which data leaves it too"
        if observed
        else "the accelerated endpoint no longer answers: requests to it fail",
        fix,
    )
