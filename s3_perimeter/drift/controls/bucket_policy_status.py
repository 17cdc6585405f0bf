"""AWS itself does not call the bucket's policy public."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    """Silent where the policy is not the declared one: then the control of the policy says it, with the
    request."""
    status = (view(s3.policy_status(bucket)) or {}).get("PolicyStatus", {})
    if status.get("IsPublic") and not _differs(bucket, view):
        yield Difference(
            Kind.CHANGED,
            Severity.CRITICAL,
            False,
            True,
            "S3 judges the bucket's policy to be public: everybody can do what it allows",
            mend(view),
        )


def _differs(bucket: Bucket, view: View) -> bool:
    part = bucket.part("s3/bucketPolicy")
    observed = view(s3.policy(bucket))
    if observed is None or part is None:
        return True
    try:
        return not compare_policies(part.get("policy"), observed["Policy"]).equal
    except PolicyShapeError:
        return True


CONTROL = Control(
    id="bucket-policy-status",
    title="S3 does not judge the bucket's policy to be public",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="A public policy lets everybody on the internet do what it allows.",
    reads=lambda bucket: [s3.policy_status(bucket), s3.policy(bucket)],
    judge=judge,
)
