"""AWS itself does not call the bucket's policy public."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.meaning import declared_policy
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-policy-status",
    title="S3 does not report the bucket's policy as public",
    severity=Severity.CRITICAL,
    impact="A public policy allows its actions to everybody on the internet.",
    reads=lambda bucket: [s3.policy_status(bucket), s3.policy(bucket)],
    parts=("s3/bucketPolicy",),
    inline=("policy",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield a difference if S3 reports the policy as public. An undeclared policy is left to the control
    `bucket-policy`, which shows the request.
    """
    status = (context(s3.policy_status(bucket)) or {}).get("PolicyStatus", {})
    if status.get("IsPublic") and not _differs(bucket, context):
        yield Difference(
            Kind.CHANGED,
            Severity.CRITICAL,
            False,
            True,
            "S3 reports the bucket's policy as public: everybody can do what it allows",
            redeploy(context),
        )


def _differs(bucket: Bucket, context: Context) -> bool:
    declared, observed = declared_policy(bucket), context(s3.policy(bucket))
    if observed is None or declared is None:
        return True
    try:
        return not compare_policies(declared, observed["Policy"]).equal
    except PolicyShapeError:
        return True
