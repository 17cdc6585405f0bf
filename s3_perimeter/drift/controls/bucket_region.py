"""The bucket is in the declared region."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.facts import UnknownError
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]

# How S3 names two old regions in a location constraint.
_OLD_NAMES = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


@control(
    about=Bucket,
    id="bucket-region",
    title="the bucket is in the declared region",
    severity=Severity.HIGH,
    impact="A bucket never moves: in another region it is another bucket, made after the declared one was "
    "deleted.",
    reads=lambda bucket: [s3.location(bucket)],
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    answer = context(s3.location(bucket)) or {}
    constraint = answer.get("LocationConstraint")
    observed = _OLD_NAMES.get(constraint, constraint)
    if bucket.region is None:
        raise UnknownError("neither the state nor the credentials name a region")
    if observed != bucket.region:
        yield changed(
            Severity.HIGH,
            bucket.region,
            observed,
            f"the bucket was created again in {observed}: another jurisdiction, other keys, and without the "
            "earlier data",
            "find out who deleted and recreated it; then `pulumi up --refresh`",
        )
