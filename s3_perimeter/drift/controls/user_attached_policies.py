"""Exactly the declared managed policies are attached to the user."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.holder_policies import attached
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-attached-policies",
    title="exactly the declared managed policies are attached to the user",
    severity=Severity.CRITICAL,
    impact="One attached policy can give a user of one bucket access to the whole account and to the fence.",
    reads=lambda user: [iam.attached(user.name)],
    follows=lambda _: [iam.managed_policy("POLICY"), iam.policy_version("POLICY", "v1")],
    parts=("iam/userPolicyAttachment", "iam/policyAttachment"),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    yield from attached(user, "user", context(iam.attached(user.name)) or {}, context)
