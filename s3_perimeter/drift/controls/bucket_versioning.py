"""Versioning is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Severity


def declared_versioning(bucket: Bucket) -> str:
    """`Enabled`, `Suspended` or `Disabled`, the last where nothing is declared."""
    part = bucket.part("s3/bucketVersioning")
    if part is not None:
        return str((part.get("versioningConfiguration") or {}).get("status") or "Disabled")
    inline = bucket.inline("versioning") or {}
    return "Enabled" if inline.get("enabled") else "Disabled"


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    declared = declared_versioning(bucket)
    observed = (view(s3.versioning(bucket)) or {}).get("Status") or "Disabled"
    if observed == declared or "Enabled" not in (observed, declared):
        return  # suspended or never begun: either way no version is kept
    if declared == "Enabled":
        yield changed(
            Severity.HIGH,
            declared,
            observed,
            "an overwritten or deleted object cannot be brought back",
            mend(view),
        )
    else:
        yield changed(
            Severity.LOW,
            declared,
            observed,
            "versions of objects are kept that nobody declared: deleted data stays readable and is paid for",
            mend(view),
        )


CONTROL = Control(
    id="bucket-versioning",
    title="versioning is as declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="Without versioning whoever may write can destroy data for good.",
    reads=lambda bucket: [s3.versioning(bucket)],
    judge=judge,
)
