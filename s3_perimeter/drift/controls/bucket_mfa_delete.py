"""MFA delete is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-mfa-delete",
    title="MFA delete is as declared",
    severity=Severity.HIGH,
    impact="Without it a stolen key is enough to delete every version; with it your own clean-up may fail.",
    reads=lambda bucket: [s3.versioning(bucket)],
    parts=("s3/bucketVersioning",),
    inline=("versioning",),
    default="no MFA delete",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketVersioning")
    if part is not None:
        declared = part.properties.block("versioningConfiguration").text("mfaDelete") or "Disabled"
    else:
        declared = "Enabled" if bucket.inline.block("versioning").flag("mfaDelete") else "Disabled"
    observed = (context(s3.versioning(bucket)) or {}).get("MFADelete") or "Disabled"
    if observed == declared:
        return
    weaker = declared == "Enabled"
    yield changed(
        Severity.HIGH if weaker else Severity.LOW,
        declared,
        observed,
        "versions can be deleted for good without a second factor"
        if weaker
        else "only the account's root, with its device, can delete versions or suspend versioning now",
        "aws s3api put-bucket-versioning --mfa 'SERIAL CODE', as the account's root",
    )
