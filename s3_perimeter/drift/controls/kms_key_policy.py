"""The KMS key's policy means what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam, kms
from s3_perimeter.drift.facts import Absent
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.meaning import policy_difference
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Key

__all__ = ["judge"]


@control(
    about=Key,
    id="kms-key-policy",
    title="the KMS key's policy means what is declared",
    severity=Severity.CRITICAL,
    impact="The key's policy decides who decrypts, and who may delete the key.",
    reads=lambda key: [kms.policy(key), kms.describe(key)],
    follows=lambda _: [iam.authorization_details()],
    parts=("kms/keyPolicy",),
)
def judge(key: Key, context: Context) -> Iterator[Difference]:
    """Yield the difference of the key's policy, if the stack declares one; a key that it only uses is for
    another stack to check.
    """
    part = next((part for part in key.parts if part.kind == "kms/keyPolicy"), key.resource)
    declared = part.properties.document("policy") if part else None
    if declared is None or isinstance(context.facts.fact(kms.describe(key)), Absent):
        return
    observed = (context(kms.policy(key)) or {}).get("Policy")
    yield from policy_difference(
        declared, observed, "the key's policy", redeploy(context), context, opened=Severity.CRITICAL
    )
