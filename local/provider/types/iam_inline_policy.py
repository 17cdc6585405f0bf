"""aws.iam.UserPolicy, GroupPolicy and RolePolicy: a policy that is part of a user, a group or a role."""

from __future__ import annotations

from typing import ClassVar

from local.provider.properties import document, table, text
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, if_there, patiently
from local.provider.types.iam_policy import as_text
from local.provider.values import Props


class InlinePolicy(IamResource):
    """The three of them; ``owner`` is what the policy is part of. The id is ``owner:name``."""

    owner: ClassVar[str]
    auto_name = AutoName(longest=128)

    def create(self, session: Session, inputs: Props) -> str:
        identity = f"{inputs[self.owner]}:{inputs['name']}"
        self.put(session, inputs)
        return identity

    def put(self, session: Session, inputs: Props) -> None:
        """Put the document."""
        call = getattr(self.iam(session), f"put_{self.owner}_policy")
        key = {f"{self.owner.capitalize()}Name": inputs[self.owner]}
        patiently(
            session,
            lambda: call(**key, PolicyName=inputs["name"], PolicyDocument=inputs["policy"]),
        )

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if old:
            owner, _, name = identity.partition(":")
            self.put(session, {**new, self.owner: owner, "name": name})

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        owner, _, name = identity.partition(":")
        call = getattr(self.iam(session), f"get_{self.owner}_policy")
        key = {f"{self.owner.capitalize()}Name": owner}
        answer = if_there(lambda: call(**key, PolicyName=name))
        if answer is None:
            return None
        return {self.owner: owner, "name": name, "policy": as_text(answer["PolicyDocument"])}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        del state
        owner, _, name = identity.partition(":")
        call = getattr(self.iam(session), f"delete_{self.owner}_policy")
        if_there(lambda: call(**{f"{self.owner.capitalize()}Name": owner}, PolicyName=name))


NAMES = {
    "policy": document(required=True),
    "name": text(computed=True, replaces=True),
    "namePrefix": text(computed=True, replaces=True, kept=True),
}


class UserPolicy(InlinePolicy):
    """An inline policy of a user."""

    token = "aws:iam/userPolicy:UserPolicy"  # noqa: S105
    title = "IAM User Policy"
    owner = "user"
    properties = table({**NAMES, "user": text(required=True, replaces=True)})


class GroupPolicy(InlinePolicy):
    """An inline policy of a group."""

    token = "aws:iam/groupPolicy:GroupPolicy"  # noqa: S105
    title = "IAM Group Policy"
    owner = "group"
    properties = table({**NAMES, "group": text(required=True, replaces=True)})


class RolePolicy(InlinePolicy):
    """An inline policy of a role."""

    token = "aws:iam/rolePolicy:RolePolicy"  # noqa: S105
    title = "IAM Role Policy"
    owner = "role"
    properties = table({**NAMES, "role": text(required=True, replaces=True)})
