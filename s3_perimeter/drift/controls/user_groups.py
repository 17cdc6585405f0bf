"""The user is in exactly the declared groups."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.doors import allowed_by
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    observed = {group["GroupName"] for group in (view(iam.groups(user.name)) or {}).get("Groups", ())}
    declared: set[str] = set()
    for part in user.of("iam/userGroupMembership"):
        declared.update(part.get("groups") or ())
    for part in user.of("iam/groupMembership"):
        declared.update([group] if (group := part.text("group")) else [])
    for group in sorted(observed - declared):
        carries = _carried(group, view)
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            {"group": group, "policies": carries},
            f"{user.name} was put into group {group}, which carries {', '.join(carries) or 'no policy yet'}",
            f"aws iam remove-user-from-group --user-name {user.name} --group-name {group}",
        )
    for group in sorted(declared - observed):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            group,
            None,
            f"{user.name} is no longer in group {group}",
            mend(view),
        )


def _carried(group: str, view: View) -> list[str]:
    attached = (view(iam.group_attached(group)) or {}).get("AttachedPolicies", ())
    inline = (view(iam.group_inline(group)) or {}).get("PolicyNames", ())
    documents = {name: (view(iam.group_policy(group, name)) or {}).get("PolicyDocument") for name in inline}
    return [
        *sorted(str(item["PolicyArn"]) for item in attached),
        *(f"{name}{allowed_by(documents[name])}" for name in sorted(documents)),
    ]


CONTROL = Control(
    id="user-groups",
    title="the user is in exactly the declared groups",
    scope="user",
    severity=Severity.HIGH,
    lets="A group's policies count as the user's own, and show nowhere on the user.",
    reads=lambda user: [iam.groups(user.name)],
    follows=lambda _: [
        iam.group_attached("GROUP"),
        iam.group_inline("GROUP"),
        iam.group_policy("GROUP", "NAME"),
    ],
    judge=judge,
)
