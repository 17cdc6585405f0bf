"""MFA delete is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from drift.calls import s3
from drift.controls.control import Control, View
from drift.controls.words import changed
from drift.declared import Bucket
from drift.findings import Difference, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    part = bucket.part("s3/bucketVersioning")
    given = (part.get("versioningConfiguration") or {}).get("mfaDelete") if part else None
    declared = given or "Disabled"
    observed = (view(s3.versioning(bucket)) or {}).get("MFADelete") or "Disabled"
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


CONTROL = Control(
    id="bucket-mfa-delete",
    title="MFA delete is as declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="Without it a stolen key is enough to delete every version; with it, undeclared, your own "
    "clean-up fails.",
    reads=lambda bucket: [s3.versioning(bucket)],
    judge=judge,
)
