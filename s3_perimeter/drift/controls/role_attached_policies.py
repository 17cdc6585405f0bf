"""Exactly the declared managed policies are attached to the role."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.holder_policies import attached
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import Role


def judge(role: Role, context: Context) -> Iterator[Difference]:
    yield from attached(role, "role", context(iam.role_attached(role.name)) or {}, context)


CONTROL = Control(
    id="role-attached-policies",
    title="exactly the declared managed policies are attached to the role",
    scope="role",
    severity=Severity.CRITICAL,
    impact="Whoever takes the role may do what a policy of it allows.",
    reads=lambda role: [iam.role_attached(role.name)],
    follows=lambda _: [iam.managed_policy("POLICY"), iam.policy_version("POLICY", "v1")],
    judge=judge,
    parts=("iam/rolePolicyAttachment", "iam/policyAttachment"),
)
