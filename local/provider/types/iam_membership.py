"""aws.iam.GroupMembership (all members of a group) and UserGroupMembership (some groups of a user)."""

from __future__ import annotations

from typing import Any

from local.provider.declared import Details
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, all_of, if_there, patiently
from local.provider.values import Props


def join(session: Session, iam: Any, group: str, user: str) -> None:
    """Add a user to a group; one that is not there is an error at once, as with the real provider."""
    patiently(session, lambda: iam.add_user_to_group(GroupName=group, UserName=user))


def leave(iam: Any, group: str, user: str) -> None:
    """Take a user out of a group."""
    if_there(lambda: iam.remove_user_from_group(GroupName=group, UserName=user))


class GroupMembership(IamResource):
    """The members of a group, all of them."""

    token = "aws:iam/groupMembership:GroupMembership"  # noqa: S105
    title = "IAM Group Membership"
    auto_name = AutoName(longest=128, instead=None)
    details = Details(replaces="group name", kept="name", unordered="users")

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        for user in inputs["users"]:
            join(session, iam, inputs["group"], user)
        return str(inputs["name"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        del identity
        iam, before = self.iam(session), set(old.get("users") or [])
        if old:
            for user in sorted(before - set(new["users"])):
                leave(iam, new["group"], user)
            for user in sorted(set(new["users"]) - before):
                join(session, iam, new["group"], user)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        iam, group = self.iam(session), state.get("group") or identity
        users = if_there(lambda: all_of(iam, "get_group", "Users", GroupName=group))
        if users is None:
            return None
        return {"group": group, "users": sorted(user["UserName"] for user in users)}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del identity
        iam = self.iam(session)
        for user in state.get("users") or []:
            leave(iam, state["group"], user)


class UserGroupMembership(IamResource):
    """Some groups of a user; what else the user is a member of is left alone."""

    token = "aws:iam/userGroupMembership:UserGroupMembership"  # noqa: S105
    title = "IAM User Group Membership"
    details = Details(replaces="user", unordered="groups")

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        for group in inputs["groups"]:
            join(session, iam, group, inputs["user"])
        return "/".join([inputs["user"], *inputs["groups"]])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        del identity
        iam, before = self.iam(session), set(old.get("groups") or [])
        if old:
            for group in sorted(before - set(new["groups"])):
                leave(iam, group, new["user"])
            for group in sorted(set(new["groups"]) - before):
                join(session, iam, group, new["user"])

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        named, *listed = identity.split("/")
        iam, user = self.iam(session), state.get("user") or named
        wanted = state.get("groups") or listed
        found = if_there(lambda: all_of(iam, "list_groups_for_user", "Groups", UserName=user))
        if found is None:
            return None
        # A user in none of them any more is a membership with nothing in it, which the next update fills.
        return {"user": user, "groups": sorted({group["GroupName"] for group in found} & set(wanted))}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del identity
        iam = self.iam(session)
        for group in state.get("groups") or []:
            leave(iam, group, state["user"])
