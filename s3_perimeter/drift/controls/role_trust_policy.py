"""Who may take the role is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.meaning import policy_difference
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-trust-policy",
    title="who may assume the role is as declared",
    severity=Severity.HIGH,
    impact="Anybody who may assume the role may do everything that it allows.",
    reads=lambda role: [iam.role(role.name)],
    follows=lambda _: [iam.authorization_details()],
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    if role.resource is None:
        return
    declared = role.resource.properties.document("assumeRolePolicy")
    observed = (context(iam.role(role.name)) or {}).get("Role", {}).get("AssumeRolePolicyDocument")
    what = f"the trust policy of {role.name}"
    yield from policy_difference(declared, observed, what, redeploy(context), context)
