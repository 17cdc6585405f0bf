"""The bucket's policy means what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from drift.calls import s3
from drift.controls.control import Control, View
from drift.controls.meaning import policy_difference
from drift.controls.words import mend
from drift.declared import Bucket
from drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketPolicy")
    declared = (part.get("policy") if part else None) or bucket.inline("policy")
    observed = (view(s3.policy(bucket)) or {}).get("Policy")
    if declared is None and observed is None:
        return
    if declared is None:
        yield Difference(Kind.UNMANAGED, Severity.HIGH, None, observed, "", mend(view))
    elif observed is None:
        yield Difference(
            Kind.MISSING, Severity.CRITICAL, declared, None, "the policy is gone: nothing denies", mend(view)
        )
    else:
        yield from policy_difference(
            declared, observed, "the bucket's policy", mend(view), opened=Severity.CRITICAL
        )


CONTROL = Control(
    id="bucket-policy",
    title="the bucket's policy means what is declared",
    scope="bucket",
    severity=Severity.CRITICAL,
    lets="The policy is the fence: whatever it no longer denies, any IAM policy or later statement can "
    "allow.",
    reads=lambda bucket: [s3.policy(bucket)],
    judge=judge,
)
