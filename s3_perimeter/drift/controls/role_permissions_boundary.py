"""The role's permissions boundary is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.words import boundary
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import Role


def judge(role: Role, context: Context) -> Iterator[Difference]:
    yield from boundary(role, (context(iam.role(role.name)) or {}).get("Role", {}), context)


CONTROL = Control(
    id="role-permissions-boundary",
    title="the role's permissions boundary is as declared",
    scope="role",
    severity=Severity.HIGH,
    impact="The boundary is the outer limit of all the role's policies; lifted, they all reach as far as "
    "they say.",
    reads=lambda role: [iam.role(role.name)],
    judge=judge,
)
