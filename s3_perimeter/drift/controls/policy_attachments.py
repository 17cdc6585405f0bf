"""Nobody has the managed policy but those declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import unmanaged
from s3_perimeter.drift.declared import Policy
from s3_perimeter.drift.facts import Absent
from s3_perimeter.drift.findings import Difference, Severity

_LISTS = (
    ("PolicyUsers", "UserName", "user"),
    ("PolicyGroups", "GroupName", "group"),
    ("PolicyRoles", "RoleName", "role"),
)


def judge(policy: Policy, view: View) -> Iterator[Difference]:
    """A declared holder that lacks the policy is the user's finding, and not said again."""
    if isinstance(view.facts.reading(iam.managed_policy(policy.arn)), Absent):
        return
    answer = view(iam.attachments(policy.arn)) or {}
    observed = {f"{kind}/{item[name]}" for several, name, kind in _LISTS for item in answer.get(several, ())}
    # On a declared user an undeclared attachment is the finding of that user.
    ours = {f"user/{user.name}" for user in view.declared.users}
    yield from unmanaged(
        observed - policy.holders - ours,
        Severity.HIGH,
        lambda holder: f"{holder} may do what {policy.name} allows",
        lambda holder: _detach(policy, *holder.split("/", 1)),
    )


def _detach(policy: Policy, kind: str, name: str) -> str:
    return f"aws iam detach-{kind}-policy --{kind}-name {name} --policy-arn {policy.arn}"


CONTROL = Control(
    id="policy-attachments",
    title="nobody has the managed policy but those declared",
    scope="policy",
    severity=Severity.HIGH,
    lets="Whoever else has the policy reaches the bucket with it.",
    reads=lambda policy: [iam.attachments(policy.arn), iam.managed_policy(policy.arn)],
    judge=judge,
)
