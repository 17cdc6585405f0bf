"""The bucket exists."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.facts import Absent, UnknownError, Unreadable
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import made_again
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-exists",
    title="the bucket exists",
    severity=Severity.CRITICAL,
    impact="The name of a deleted bucket is free: a stranger who takes it receives what your clients send.",
    reads=lambda bucket: [s3.location(bucket), s3.own_bucket(bucket)],
    preliminary=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield a difference if the bucket is gone. If S3 does not say where it is, the list of our own buckets
    may still contain it.
    """
    place = context.facts.fact(s3.location(bucket))
    if isinstance(place, Unreadable):
        listed = (context(s3.own_bucket(bucket)) or {}).get("Buckets", ())
        if not any(item.get("Name") == bucket.name for item in listed):
            raise UnknownError(place.reason)
    if isinstance(place, Absent):
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            bucket.name,
            None,
            "the bucket is gone: its name is free, and a stranger who takes it receives what clients still "
            "send",
            made_again(bucket, context),
        )
