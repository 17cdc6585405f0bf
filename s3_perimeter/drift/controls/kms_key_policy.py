"""The KMS key's policy means what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import kms
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.meaning import policy_difference
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import Key
from s3_perimeter.drift.facts import Absent
from s3_perimeter.drift.findings import Difference, Severity


def judge(key: Key, view: View) -> Iterator[Difference]:
    """Compared where the stack declares one; a key that the stack only uses is another stack's to check."""
    part = next((part for part in key.parts if part.kind == "kms/keyPolicy"), None)
    declared = part.get("policy") if part else (key.resource.get("policy") if key.resource else None)
    if declared is None or isinstance(view.facts.reading(kms.describe(key)), Absent):
        return
    observed = (view(kms.policy(key)) or {}).get("Policy")
    yield from policy_difference(declared, observed, "the key's policy", mend(view), opened=Severity.CRITICAL)


CONTROL = Control(
    id="kms-key-policy",
    title="the KMS key's policy means what is declared",
    scope="key",
    severity=Severity.CRITICAL,
    lets="The key's policy decides who decrypts, and who may delete the key.",
    reads=lambda key: [kms.policy(key), kms.describe(key)],
    judge=judge,
)
