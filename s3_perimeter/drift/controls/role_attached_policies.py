"""Exactly the declared managed policies are attached to the role."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.holder_policies import attached
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-attached-policies",
    title="exactly the declared managed policies are attached to the role",
    severity=Severity.CRITICAL,
    impact="Anybody who assumes the role may do what its policies allow.",
    reads=lambda role: [iam.role_attached(role.name)],
    follows=lambda _: [iam.managed_policy("POLICY"), iam.policy_version("POLICY", "v1")],
    parts=("iam/rolePolicyAttachment", "iam/policyAttachment"),
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    yield from attached(role, "role", context(iam.role_attached(role.name)) or {}, context)
