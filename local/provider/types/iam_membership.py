"""aws.iam.UserGroupMembership."""

from __future__ import annotations

import functools

from local.provider.declared import Details
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, all_of, if_there, patiently
from local.provider.values import Props


class UserGroupMembership(IamResource):
    """Some groups of a user; what else the user is a member of is left alone."""

    token = "aws:iam/userGroupMembership:UserGroupMembership"  # noqa: S105
    title = "IAM User Group Membership"
    details = Details(replaces="user", unordered="groups")

    def create(self, session: Session, inputs: Props) -> str:
        self.change(session, inputs["user"], [], inputs["groups"])
        return "/".join([inputs["user"], *inputs["groups"]])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        del identity
        if old:
            self.change(session, new["user"], old.get("groups") or [], new["groups"])

    def change(self, session: Session, user: str, before: list[str], after: list[str]) -> None:
        """Take the user out of groups and put them into others; one that is not there is an error at once."""
        iam = self.iam(session)
        for group in sorted({*before} - {*after}):
            if_there(functools.partial(iam.remove_user_from_group, GroupName=group, UserName=user))
        for group in sorted({*after} - {*before}):
            patiently(session, functools.partial(iam.add_user_to_group, GroupName=group, UserName=user))

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
        self.change(session, state["user"], state.get("groups") or [], [])
