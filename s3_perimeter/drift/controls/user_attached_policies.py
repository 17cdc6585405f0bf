"""Exactly the declared managed policies are attached to the user."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.holder_policies import attached
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import User


def judge(user: User, context: Context) -> Iterator[Difference]:
    yield from attached(user, "user", context(iam.attached(user.name)) or {}, context)


CONTROL = Control(
    id="user-attached-policies",
    title="exactly the declared managed policies are attached to the user",
    scope="user",
    severity=Severity.CRITICAL,
    impact="One attached policy can give a user of one bucket the whole account, and the bucket's policy.",
    reads=lambda user: [iam.attached(user.name)],
    follows=lambda _: [iam.managed_policy("POLICY"), iam.policy_version("POLICY", "v1")],
    judge=judge,
    parts=("iam/userPolicyAttachment", "iam/policyAttachment"),
)
