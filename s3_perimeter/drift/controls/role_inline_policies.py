"""Exactly the declared inline policies are on the role, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.holder_policies import inline
from s3_perimeter.drift.subjects import Role

__all__ = ["judge"]


@control(
    about=Role,
    id="role-inline-policies",
    title="exactly the declared inline policies are on the role, and mean what is declared",
    severity=Severity.CRITICAL,
    impact="Anybody who assumes the role may do what it allows, and no list of policies shows it.",
    reads=lambda role: [iam.role_inline(role.name)],
    follows=lambda role: [iam.role_policy(role.name, "NAME")],
    parts=("iam/rolePolicy",),
)
def judge(role: Role, context: Context) -> Iterator[Difference]:
    yield from inline(role, "role", iam.role_inline, iam.role_policy, context)
