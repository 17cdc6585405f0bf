"""Only declared users, groups and roles have the managed policy."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.facts import Absent
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.granted import ability, attached_document, severity
from s3_perimeter.drift.judging.words import missing, unmanaged
from s3_perimeter.drift.subjects import Policy

__all__ = ["judge"]

_LISTS = (
    ("PolicyUsers", "UserName", "user"),
    ("PolicyGroups", "GroupName", "group"),
    ("PolicyRoles", "RoleName", "role"),
)


@control(
    about=Policy,
    id="policy-attachments",
    title="only declared users, groups and roles have the managed policy",
    severity=Severity.CRITICAL,
    impact="Everybody else who has the policy gets access to the bucket.",
    reads=lambda policy: [iam.attachments(policy.arn), iam.managed_policy(policy.arn)],
    parts=("iam/policyAttachment",),
)
def judge(policy: Policy, context: Context) -> Iterator[Difference]:
    """Yield undeclared and missing attachments. Those on a user, group or role of the stack are that
    subject's findings.
    """
    if isinstance(context.facts.fact(iam.managed_policy(policy.arn)), Absent):
        return
    answer = context(iam.attachments(policy.arn)) or {}
    observed = {f"{kind}/{item[name]}" for several, name, kind in _LISTS for item in answer.get(several, ())}
    declared = context.declared
    ours = {f"user/{user.name}" for user in declared.users}
    ours |= {f"group/{group.name}" for group in declared.groups}
    ours |= {f"role/{role.name}" for role in declared.roles}
    worst = severity([attached_document(policy.arn, context)], context)
    yield from unmanaged(
        observed - policy.holders - ours,
        worst,
        lambda holder: f"{holder} may do what {policy.name} allows{ability(worst)}",
        lambda holder: _detach(policy, *holder.split("/", 1)),
    )
    yield from missing(
        policy.holders - observed - ours,
        lambda holder: f"{holder} no longer has {policy.name}, and cannot do what it allows",
        context,
    )


def _detach(policy: Policy, kind: str, name: str) -> str:
    return f"aws iam detach-{kind}-policy --{kind}-name {name} --policy-arn {policy.arn}"
