"""The managed policy's default version means what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam, sts
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.meaning import policy_difference
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import Policy
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(policy: Policy, view: View) -> Iterator[Difference]:
    answer = view(iam.managed_policy(policy.arn))
    if answer is None:
        view(sts.caller())  # another account has no such policy either
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            policy.name,
            None,
            f"managed policy {policy.name} is gone: nobody has what it allowed",
            mend(view),
        )
        return
    version = answer["Policy"]["DefaultVersionId"]
    observed = (view(iam.policy_version(policy.arn, version)) or {}).get("PolicyVersion", {}).get("Document")
    yield from policy_difference(policy.document, observed, f"{policy.name} ({version})", mend(view))


CONTROL = Control(
    id="policy-document",
    title="the managed policy's default version means what is declared",
    scope="policy",
    severity=Severity.HIGH,
    lets="Another default version changes at once what everybody who has the policy may do.",
    reads=lambda policy: [iam.managed_policy(policy.arn), sts.caller()],
    follows=lambda policy: [iam.policy_version(policy.arn, "v1")],
    judge=judge,
)
