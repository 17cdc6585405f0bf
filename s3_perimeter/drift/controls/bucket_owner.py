"""The bucket of this name belongs to the stack's account."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.facts import Unreadable, Value
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]

# What S3 answers where ExpectedBucketOwner is not the owner; it says the same where a policy denies.
_REFUSED = frozenset({"AccessDenied", "403", "Forbidden"})


@control(
    about=Bucket,
    id="bucket-owner",
    title="the bucket of this name belongs to the stack's account",
    severity=Severity.CRITICAL,
    impact="Whoever owns the bucket reads everything that is uploaded to it and chooses what is downloaded "
    "from it.",
    reads=lambda bucket: [s3.location(bucket), s3.own_bucket(bucket)],
    preliminary=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield a difference if S3 refuses to answer about the bucket and the list of our own buckets does not
    contain it.
    """
    place = context.facts.fact(s3.location(bucket))
    refused = isinstance(place, Unreadable) and place.code in _REFUSED
    own = context.facts.fact(s3.own_bucket(bucket))
    if not isinstance(own, Value):
        if not isinstance(place, Value):  # ExpectedBucketOwner was accepted: it is ours without the list
            context(s3.own_bucket(bucket))
        return
    ours = any(listed.get("Name") == bucket.name for listed in own.value.get("Buckets", ()))
    if refused and not ours:
        yield Difference(
            Kind.CHANGED,
            Severity.CRITICAL,
            bucket.account,
            "another account",
            "the bucket of this name belongs to somebody else: they receive whatever is sent to it, and its "
            "answers cannot be trusted",
            "stop the clients, then declare another `bucketName` and run `pulumi up`",
        )
