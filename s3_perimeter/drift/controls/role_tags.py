"""The role's tags are as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, declared_tags, own_tags, redeploy
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-tags",
    title="the role's tags are as declared",
    severity=Severity.LOW,
    impact="Where access is granted by the principal's tags, a changed tag is a changed permission.",
    reads=lambda role: [iam.role(role.name)],
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    if role.resource is None:
        return
    declared = declared_tags(role.resource)
    observed = own_tags((context(iam.role(role.name)) or {}).get("Role", {}).get("Tags", ()))
    if observed != declared:
        keys = sorted(key for key in declared | observed if declared.get(key) != observed.get(key))
        yield changed(
            Severity.LOW,
            declared,
            observed,
            f"tags of {role.name} differ ({', '.join(keys)}): policies that go by aws:PrincipalTag treat "
            "its sessions otherwise",
            redeploy(context),
        )
