"""The KMS key is enabled, and not scheduled for deletion."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import kms
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Key

__all__ = ["judge"]


@control(
    about=Key,
    id="kms-key-state",
    title="the KMS key is enabled, and not scheduled for deletion",
    severity=Severity.CRITICAL,
    impact="Whoever deletes the key deletes every object that it encrypted.",
    reads=lambda key: [kms.describe(key)],
)
def judge(key: Key, context: Context) -> Iterator[Difference]:
    answer = context(kms.describe(key))
    if answer is None:
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            key.arn,
            None,
            "the key is gone: what was encrypted with it cannot be read again",
            redeploy(context),
        )
        return
    observed = answer["KeyMetadata"].get("KeyState")
    given = key.resource.properties if key.resource else None
    enabled = given is None or "isEnabled" not in given or given.flag("isEnabled")
    declared = "Enabled" if enabled else "Disabled"
    if observed == "PendingDeletion":
        day = answer["KeyMetadata"].get("DeletionDate")
        yield Difference(
            Kind.CHANGED,
            Severity.CRITICAL,
            declared,
            observed,
            f"the key will be deleted{f' on {day:%Y-%m-%d}' if day else ''}: what it encrypted is lost then",
            f"aws kms cancel-key-deletion --key-id {key.arn} && aws kms enable-key --key-id {key.arn}",
        )
    elif observed != declared:
        yield Difference(
            Kind.CHANGED,
            Severity.HIGH,
            declared,
            observed,
            f"the key is {observed}: objects that it encrypted can be neither read nor written",
            f"aws kms enable-key --key-id {key.arn}" if enabled else redeploy(context),
        )
