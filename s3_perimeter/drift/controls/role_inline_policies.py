"""Exactly the declared inline policies are on the role, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.holder_policies import inline
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import Role


def judge(role: Role, context: Context) -> Iterator[Difference]:
    names = (context(iam.role_inline(role.name)) or {}).get("PolicyNames", ())
    documents = {
        name: (context(iam.role_policy(role.name, name)) or {}).get("PolicyDocument") for name in names
    }
    yield from inline(role, "role", documents, context)


CONTROL = Control(
    id="role-inline-policies",
    title="exactly the declared inline policies are on the role, and mean what is declared",
    scope="role",
    severity=Severity.CRITICAL,
    impact="Whoever takes the role may do what it allows, and it shows in no list of policies.",
    reads=lambda role: [iam.role_inline(role.name)],
    follows=lambda role: [iam.role_policy(role.name, "NAME")],
    judge=judge,
    parts=("iam/rolePolicy",),
)
