"""Exactly the declared users are in the group."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.granted import ability, documents_of, severity
from s3_perimeter.drift.controls.words import redeploy
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.subjects import Group


def judge(group: Group, context: Context) -> Iterator[Difference]:
    """Where a declared user is in the group by mistake, or is not, that is the finding of the user."""
    observed = {str(user["UserName"]) for user in (context(iam.group(group.name)) or {}).get("Users", ())}
    declared = {name for part in group.of("iam/groupMembership") for name in part.properties.texts("users")}
    declared |= {
        user for part in group.of("iam/userGroupMembership") if (user := part.properties.text("user"))
    }
    theirs = {user.name for user in context.declared.users}
    worst = severity(documents_of(group.name, context).values(), context)
    for user in sorted(observed - declared - theirs):
        yield Difference(
            Kind.UNMANAGED,
            worst,
            None,
            user,
            f"{user} was put into group {group.name}, and may do what it allows{ability(worst)}",
            f"aws iam remove-user-from-group --user-name {user} --group-name {group.name}",
        )
    for user in sorted(declared - observed - theirs):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            user,
            None,
            f"{user} is no longer in group {group.name}, and cannot do what it allows",
            redeploy(context),
        )


CONTROL = Control(
    id="group-members",
    title="exactly the declared users are in the group",
    scope="group",
    severity=Severity.CRITICAL,
    impact="Whoever is put into the group has everything that it allows.",
    reads=lambda group: [iam.group(group.name), iam.group_attached(group.name), iam.group_inline(group.name)],
    follows=lambda group: [iam.group_policy(group.name, "NAME")],
    judge=judge,
    parts=("iam/groupMembership",),
)
