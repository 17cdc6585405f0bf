"""The KMS key is rotated as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import kms
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Key
from s3_perimeter.drift.facts import Value
from s3_perimeter.drift.findings import Difference, Severity


def judge(key: Key, view: View) -> Iterator[Difference]:
    """A key that waits for its deletion is not rotated; that is the other finding."""
    if key.resource is None or not _alive(key, view):
        return
    declared = key.resource.get("enableKeyRotation") is True
    observed = (view(kms.rotation(key)) or {}).get("KeyRotationEnabled") is True
    if observed != declared:
        yield changed(
            Severity.MEDIUM if declared else Severity.LOW,
            declared,
            observed,
            "the key's material is no longer renewed each year"
            if declared
            else "the key's material is renewed each year, which nobody declared",
            mend(view),
        )


def _alive(key: Key, view: View) -> bool:
    reading = view.facts.reading(kms.describe(key))
    return isinstance(reading, Value) and reading.value["KeyMetadata"].get("KeyState") != "PendingDeletion"


CONTROL = Control(
    id="kms-key-rotation",
    title="the KMS key is rotated as declared",
    scope="key",
    severity=Severity.MEDIUM,
    lets="Material that is never renewed protects all data with one secret for ever.",
    reads=lambda key: [kms.rotation(key), kms.describe(key)],
    judge=judge,
)
