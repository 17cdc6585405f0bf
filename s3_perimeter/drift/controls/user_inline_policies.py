"""Exactly the declared inline policies are on the user, and mean what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.doors import allowed_by
from s3_perimeter.drift.controls.meaning import policy_difference
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    observed = set((view(iam.inline(user.name)) or {}).get("PolicyNames", ()))
    declared = {part.text("name") or part.id.rpartition(":")[2]: part for part in user.of("iam/userPolicy")}
    for name in sorted(observed - set(declared)):
        document = (view(iam.inline_policy(user.name, name)) or {}).get("PolicyDocument")
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            {"name": name, "document": document},
            f"inline policy {name} was put on {user.name}{allowed_by(document)}",
            f"aws iam delete-user-policy --user-name {user.name} --policy-name {name}",
        )
    for name, part in sorted(declared.items()):
        if name not in observed:
            yield Difference(
                Kind.MISSING,
                Severity.MEDIUM,
                name,
                None,
                f"inline policy {name} is gone from {user.name}, who cannot do what it allowed",
                mend(view),
            )
            continue
        document = (view(iam.inline_policy(user.name, name)) or {}).get("PolicyDocument")
        yield from policy_difference(part.get("policy"), document, f"inline policy {name}", mend(view))


CONTROL = Control(
    id="user-inline-policies",
    title="exactly the declared inline policies are on the user, and mean what is declared",
    scope="user",
    severity=Severity.HIGH,
    lets="An inline policy shows in no list of policies: it is where a quiet permission is put.",
    reads=lambda user: [iam.inline(user.name)],
    follows=lambda user: [iam.inline_policy(user.name, "NAME")],
    judge=judge,
)
