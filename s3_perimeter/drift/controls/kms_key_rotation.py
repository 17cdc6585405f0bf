"""The KMS key is rotated as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import kms
from s3_perimeter.drift.facts import Value
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, redeploy
from s3_perimeter.drift.subjects import Key

__all__ = ["judge"]


@control(
    about=Key,
    id="kms-key-rotation",
    title="the KMS key is rotated as declared",
    severity=Severity.MEDIUM,
    impact="Without rotation, one secret protects all data for ever.",
    reads=lambda key: [kms.rotation(key), kms.describe(key)],
)
def judge(key: Key, context: Context) -> Iterator[Difference]:
    """Yield the difference in rotation. A key that is scheduled for deletion is not rotated; `kms-key-state`
    reports that.
    """
    if key.resource is None or not _alive(key, context):
        return
    declared = key.resource.properties.flag("enableKeyRotation")
    observed = (context(kms.rotation(key)) or {}).get("KeyRotationEnabled") is True
    if observed != declared:
        yield changed(
            Severity.MEDIUM if declared else Severity.LOW,
            declared,
            observed,
            "the key's material is no longer renewed each year"
            if declared
            else "the key's material is renewed each year, which nobody declared",
            redeploy(context),
        )


def _alive(key: Key, context: Context) -> bool:
    fact = context.facts.fact(kms.describe(key))
    return isinstance(fact, Value) and fact.value["KeyMetadata"].get("KeyState") != "PendingDeletion"
