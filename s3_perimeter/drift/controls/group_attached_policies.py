"""Exactly the declared managed policies are attached to the group."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.holder_policies import attached
from s3_perimeter.drift.subjects import Group

__all__ = ["judge"]


@control(
    about=Group,
    id="group-attached-policies",
    title="exactly the declared managed policies are attached to the group",
    severity=Severity.CRITICAL,
    impact="Every member may do what a policy of the group allows.",
    reads=lambda group: [iam.group_attached(group.name)],
    follows=lambda _: [iam.managed_policy("POLICY"), iam.policy_version("POLICY", "v1")],
    parts=("iam/groupPolicyAttachment", "iam/policyAttachment"),
)
def judge(group: Group, context: Context) -> Iterator[Difference]:
    yield from attached(group, "group", context(iam.group_attached(group.name)) or {}, context)
