"""Exactly the declared inline policies are on the user, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.holder_policies import inline
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-inline-policies",
    title="exactly the declared inline policies are on the user, and mean what is declared",
    severity=Severity.CRITICAL,
    impact="No list of policies shows an inline policy, so it can hide a permission.",
    reads=lambda user: [iam.inline(user.name)],
    follows=lambda user: [iam.inline_policy(user.name, "NAME")],
    parts=("iam/userPolicy",),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    yield from inline(user, "user", iam.inline, iam.inline_policy, context)
