"""Exactly the declared inline policies are on the user, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.holder_policies import inline
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import User


def judge(user: User, view: View) -> Iterator[Difference]:
    names = (view(iam.inline(user.name)) or {}).get("PolicyNames", ())
    documents = {
        name: (view(iam.inline_policy(user.name, name)) or {}).get("PolicyDocument") for name in names
    }
    yield from inline(user, "user", documents, view)


CONTROL = Control(
    id="user-inline-policies",
    title="exactly the declared inline policies are on the user, and mean what is declared",
    scope="user",
    severity=Severity.CRITICAL,
    lets="An inline policy shows in no list of policies: it is where a quiet permission is put.",
    reads=lambda user: [iam.inline(user.name)],
    follows=lambda user: [iam.inline_policy(user.name, "NAME")],
    judge=judge,
    parts=("iam/userPolicy",),
)
