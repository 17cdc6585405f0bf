"""Exactly the declared users are in the group."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.granted import ability, documents_of, severity
from s3_perimeter.drift.judging.words import missing, unmanaged
from s3_perimeter.drift.subjects import Group

__all__ = ["judge"]


@control(
    about=Group,
    id="group-members",
    title="exactly the declared users are in the group",
    severity=Severity.CRITICAL,
    impact="Every member of the group has what its policies allow.",
    reads=lambda group: [iam.group(group.name), iam.group_attached(group.name), iam.group_inline(group.name)],
    follows=lambda group: [iam.group_policy(group.name, "NAME")],
    parts=("iam/groupMembership",),
)
def judge(group: Group, context: Context) -> Iterator[Difference]:
    """Yield undeclared and missing members; a declared user's groups are compared by the control
    `user-groups`.
    """
    observed = {str(user["UserName"]) for user in (context(iam.group(group.name)) or {}).get("Users", ())}
    declared = {name for part in group.of("iam/groupMembership") for name in part.properties.texts("users")}
    declared |= {
        user for part in group.of("iam/userGroupMembership") if (user := part.properties.text("user"))
    }
    theirs = {user.name for user in context.declared.users}
    worst = severity(documents_of(group.name, context).values(), context)
    yield from unmanaged(
        observed - declared - theirs,
        worst,
        lambda user: f"{user} was put into group {group.name}, and may do what it allows{ability(worst)}",
        lambda user: f"aws iam remove-user-from-group --user-name {user} --group-name {group.name}",
    )
    yield from missing(
        declared - observed - theirs,
        lambda user: f"{user} is no longer in group {group.name}, and cannot do what it allows",
        context,
    )
