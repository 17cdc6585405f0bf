"""The managed policy's default version means what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam, sts
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.meaning import policy_difference
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Policy

__all__ = ["judge"]


@control(
    about=Policy,
    id="policy-document",
    title="the managed policy's default version means what is declared",
    severity=Severity.CRITICAL,
    impact="Another default version changes at once what everybody who has the policy may do.",
    reads=lambda policy: [iam.managed_policy(policy.arn), sts.caller()],
    follows=lambda policy: [iam.policy_version(policy.arn, "v1")],
)
def judge(policy: Policy, context: Context) -> Iterator[Difference]:
    answer = context(iam.managed_policy(policy.arn))
    if answer is None:
        context(sts.caller())  # another account has no such policy either
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            policy.name,
            None,
            f"managed policy {policy.name} is gone: nobody has what it allowed",
            redeploy(context),
        )
        return
    if policy.resource is None:  # AWS's own, or another stack's: only who has it is declared here
        return
    version = answer["Policy"]["DefaultVersionId"]
    observed = (
        (context(iam.policy_version(policy.arn, version)) or {}).get("PolicyVersion", {}).get("Document")
    )
    declared = policy.resource.properties.document("policy")
    yield from policy_difference(declared, observed, f"{policy.name} ({version})", redeploy(context), context)
