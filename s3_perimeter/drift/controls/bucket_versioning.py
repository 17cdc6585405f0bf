"""Versioning is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, redeploy
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


def _declared_versioning(bucket: Bucket) -> str:
    """Return `Enabled`, `Suspended` or `Disabled`, the last one if nothing is declared. Raises ShapeError."""
    part = bucket.part("s3/bucketVersioning")
    if part is not None:
        return part.properties.block("versioningConfiguration").text("status") or "Disabled"
    return "Enabled" if bucket.inline.block("versioning").flag("enabled") else "Disabled"


@control(
    about=Bucket,
    id="bucket-versioning",
    title="versioning is as declared",
    severity=Severity.HIGH,
    impact="Without versioning whoever may write can destroy data for good.",
    reads=lambda bucket: [s3.versioning(bucket)],
    parts=("s3/bucketVersioning",),
    inline=("versioning",),
    default="no versioning",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    declared = _declared_versioning(bucket)
    observed = (context(s3.versioning(bucket)) or {}).get("Status") or "Disabled"
    if observed == declared or "Enabled" not in (observed, declared):
        return  # suspended or never begun: either way no version is kept
    if declared == "Enabled":
        yield changed(
            Severity.HIGH,
            declared,
            observed,
            "an overwritten or deleted object cannot be brought back",
            redeploy(context),
        )
    else:
        yield changed(
            Severity.LOW,
            declared,
            observed,
            "versions of objects are kept that nobody declared: deleted data stays readable and is paid for",
            redeploy(context),
        )
