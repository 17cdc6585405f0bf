"""The KMS key works, and is not on its way out."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import kms
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import Key
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(key: Key, view: View) -> Iterator[Difference]:
    answer = view(kms.describe(key))
    if answer is None:
        yield Difference(
            Kind.MISSING,
            Severity.CRITICAL,
            key.arn,
            None,
            "the key is gone: what was encrypted with it cannot be read again",
            mend(view),
        )
        return
    observed = answer["KeyMetadata"].get("KeyState")
    enabled = key.resource is None or key.resource.get("isEnabled") is not False
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
            f"aws kms enable-key --key-id {key.arn}" if enabled else mend(view),
        )


CONTROL = Control(
    id="kms-key-state",
    title="the KMS key works, and is not on its way out",
    scope="key",
    severity=Severity.CRITICAL,
    lets="Whoever deletes the key deletes every object that it encrypted.",
    reads=lambda key: [kms.describe(key)],
    judge=judge,
)
