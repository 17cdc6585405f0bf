"""The role's permissions boundary is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import boundary
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-permissions-boundary",
    title="the role's permissions boundary is as declared",
    severity=Severity.HIGH,
    impact="The boundary limits all policies of the role; without it, each applies in full.",
    reads=lambda role: [iam.role(role.name)],
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    yield from boundary(role, (context(iam.role(role.name)) or {}).get("Role", {}), context)
