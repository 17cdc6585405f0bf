"""aws.iam.UserPolicyAttachment, GroupPolicyAttachment and RolePolicyAttachment."""

from __future__ import annotations

from typing import ClassVar

from local.provider.properties import table, text
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, all_of, if_there, patiently
from local.provider.values import Props


class Attachment(IamResource):
    """A managed policy given to a user, a group or a role (``owner``). The id is ``owner-arn``."""

    owner: ClassVar[str]

    def create(self, session: Session, inputs: Props) -> str:
        call = getattr(self.iam(session), f"attach_{self.owner}_policy")
        key = {f"{self.owner.capitalize()}Name": inputs[self.owner]}
        patiently(session, lambda: call(**key, PolicyArn=inputs["policyArn"]))
        return f"{inputs[self.owner]}-{inputs['policyArn']}"

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        owner, arn = state.get(self.owner), state.get("policyArn")
        if not owner or not arn:
            owner, arn = parts(identity)
        key = {f"{self.owner.capitalize()}Name": owner}
        attached = if_there(
            lambda: all_of(
                self.iam(session), f"list_attached_{self.owner}_policies", "AttachedPolicies", **key
            )
        )
        if all(policy["PolicyArn"] != arn for policy in attached or []):
            return None
        return {self.owner: owner, "policyArn": arn}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        owner, arn = state.get(self.owner), state.get("policyArn")
        if not owner or not arn:
            owner, arn = parts(identity)
        call = getattr(self.iam(session), f"detach_{self.owner}_policy")
        if_there(lambda: call(**{f"{self.owner.capitalize()}Name": owner}, PolicyArn=arn))


def parts(identity: str) -> tuple[str, str]:
    """Owner and ARN of an id: ``owner/arn`` as imports have it, or ``owner-arn`` as state has it."""
    owner, _, rest = identity.partition("arn:")
    return owner[:-1], f"arn:{rest}"


POLICY_ARN = text(required=True, replaces=True)


class UserPolicyAttachment(Attachment):
    """A managed policy given to a user."""

    token = "aws:iam/userPolicyAttachment:UserPolicyAttachment"  # noqa: S105
    title = "IAM User Policy Attachment"
    owner = "user"
    properties = table({"policyArn": POLICY_ARN, "user": text(required=True, replaces=True)})


class GroupPolicyAttachment(Attachment):
    """A managed policy given to a group."""

    token = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"  # noqa: S105
    title = "IAM Group Policy Attachment"
    owner = "group"
    properties = table({"policyArn": POLICY_ARN, "group": text(required=True, replaces=True)})


class RolePolicyAttachment(Attachment):
    """A managed policy given to a role."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"  # noqa: S105
    title = "IAM Role Policy Attachment"
    owner = "role"
    properties = table({"policyArn": POLICY_ARN, "role": text(required=True, replaces=True)})
