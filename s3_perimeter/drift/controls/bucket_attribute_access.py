"""Whether the bucket's tags count in policies (attribute-based access control) is as declared."""

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
    id="bucket-attribute-access",
    title="whether the bucket's tags have an effect in policies (ABAC) is as declared",
    severity=Severity.MEDIUM,
    impact="If tags have an effect, policies with aws:ResourceTag use them: changing a tag changes access.",
    reads=lambda bucket: [s3.attribute_access(bucket)],
    parts=("s3/bucketAbac",),
    default="tags have no effect",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketAbac")
    status = part.properties.block("abacStatus").text("status") if part else None
    declared = status or "Disabled"
    answer = context(s3.attribute_access(bucket)) or {}
    observed = answer.get("AbacStatus", {}).get("Status") or "Disabled"
    if observed == declared:
        return
    fix = (
        redeploy(context) if part else f"aws s3api put-bucket-abac {on(bucket)} --abac-status Status=Disabled"
    )
    yield changed(
        Severity.MEDIUM,
        declared,
        observed,
        "the bucket's tags now count in policies: anybody who can set a tag can change who is allowed"
        if observed == "Enabled"
        else "the bucket's tags no longer count in policies: what they allowed or denied has ended",
        fix,
    )
