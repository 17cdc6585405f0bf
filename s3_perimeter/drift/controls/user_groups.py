"""The user is in exactly the declared groups."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.granted import ability, allowed_by, documents_of, severity
from s3_perimeter.drift.judging.words import missing
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-groups",
    title="the user is in exactly the declared groups",
    severity=Severity.CRITICAL,
    impact="A group's policies apply to the user, but are not listed on the user.",
    reads=lambda user: [iam.groups(user.name)],
    follows=lambda _: [
        iam.group_attached("GROUP"),
        iam.group_inline("GROUP"),
        iam.group_policy("GROUP", "NAME"),
        iam.managed_policy("POLICY"),
        iam.policy_version("POLICY", "v1"),
    ],
    parts=("iam/userGroupMembership", "iam/groupMembership"),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    observed = {group["GroupName"] for group in (context(iam.groups(user.name)) or {}).get("Groups", ())}
    declared: set[str] = set()
    for part in user.of("iam/userGroupMembership"):
        declared.update(part.properties.texts("groups"))
    for part in user.of("iam/groupMembership"):
        declared.update([group] if (group := part.properties.text("group")) else [])
    for group in sorted(observed - declared):
        documents = documents_of(group, context)
        worst = severity(documents.values(), context)
        carries = [
            name if name.startswith("arn:") else f"{name}{allowed_by(document)}"
            for name, document in sorted(documents.items())
        ]
        yield Difference(
            Kind.UNMANAGED,
            worst,
            None,
            {"group": group, "policies": carries},
            f"{user.name} was put into group {group}, which has "
            f"{', '.join(carries) or 'no policy yet'}{ability(worst)}",
            f"aws iam remove-user-from-group --user-name {user.name} --group-name {group}",
        )
    yield from missing(
        declared - observed, lambda group: f"{user.name} is no longer in group {group}", context
    )
