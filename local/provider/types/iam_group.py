"""aws.iam.Group."""

from __future__ import annotations

from local.provider.properties import table, text
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, if_there, patiently
from local.provider.values import Props


class Group(IamResource):
    """A group of IAM users."""

    token = "aws:iam/group:Group"  # noqa: S105
    title = "IAM Group"
    auto_name = AutoName(longest=128, instead=None)
    properties = table(
        {
            "name": text(computed=True),
            "path": text(default="/"),
            "arn": text(output=True),
            "uniqueId": text(output=True),
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        made = patiently(
            session, lambda: iam.create_group(GroupName=inputs["name"], Path=inputs.get("path") or "/")
        )
        return str(made["Group"]["GroupName"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        changes = {}
        if new.get("name") and new["name"] != old.get("name"):
            changes["NewGroupName"] = new["name"]
        if (new.get("path") or "/") != old.get("path"):
            changes["NewPath"] = new.get("path") or "/"
        if changes:
            self.iam(session).update_group(GroupName=old.get("name") or identity, **changes)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_group(GroupName=state.get("name") or identity, MaxItems=1))
        if answer is None:
            return None
        group = answer["Group"]
        return {
            "name": group["GroupName"],
            "path": group.get("Path") or "/",
            "arn": group["Arn"],
            "uniqueId": group["GroupId"],
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        iam, name = self.iam(session), state.get("name") or identity
        if_there(lambda: patiently(session, lambda: iam.delete_group(GroupName=name)))
