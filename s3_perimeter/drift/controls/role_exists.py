"""The declared role exists."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import gone
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-exists",
    title="the declared role exists",
    severity=Severity.HIGH,
    impact="Whoever may create roles can take the name, and with it what other policies allow that name.",
    reads=lambda role: [iam.role(role.name)],
    preliminary=True,
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    if context(iam.role(role.name)) is None:
        yield gone(role, "role", "nobody has what it allowed", context)
