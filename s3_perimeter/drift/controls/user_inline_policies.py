"""Exactly the declared inline policies are on the user, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.holder_policies import inline
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import User


def judge(user: User, context: Context) -> Iterator[Difference]:
    names = (context(iam.inline(user.name)) or {}).get("PolicyNames", ())
    documents = {
        name: (context(iam.inline_policy(user.name, name)) or {}).get("PolicyDocument") for name in names
    }
    yield from inline(user, "user", documents, context)


CONTROL = Control(
    id="user-inline-policies",
    title="exactly the declared inline policies are on the user, and mean what is declared",
    scope="user",
    severity=Severity.CRITICAL,
    impact="An inline policy shows in no list of policies: it is where a quiet permission is put.",
    reads=lambda user: [iam.inline(user.name)],
    follows=lambda user: [iam.inline_policy(user.name, "NAME")],
    judge=judge,
    parts=("iam/userPolicy",),
)
