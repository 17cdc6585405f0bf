"""aws.organizations.Policy and PolicyAttachment."""

from __future__ import annotations

from typing import Any

from local.provider.declared import Details
from local.provider.failures import if_there
from local.provider.resource import AutoName, Resource
from local.provider.session import Session
from local.provider.structures import from_tags, to_tags
from local.provider.tags import changed_tags, wanted_tags
from local.provider.values import Props

GONE = ("PolicyNotFoundException", "AWSOrganizationsNotInUseException")


class OrganizationsResource(Resource):
    """A type of AWS Organizations, which has no regions."""

    regional = False

    def organizations(self, session: Session) -> Any:
        """Return the client."""
        return session.client("organizations")


class Policy(OrganizationsResource):
    """A policy of the organization. Its type, and nothing else, replaces it."""

    token = "aws:organizations/policy:Policy"  # noqa: S105
    title = "Organizations Policy"
    auto_name = AutoName(longest=128)
    details = Details(
        replaces="type",
        documents="content",
        defaults={"type": "SERVICE_CONTROL_POLICY"},
    )

    def create(self, session: Session, inputs: Props) -> str:
        made = self.organizations(session).create_policy(
            Content=inputs["content"],
            Description=inputs.get("description") or "",
            Name=inputs["name"],
            Type=inputs["type"],
            Tags=to_tags(wanted_tags(session, inputs)),
        )
        return str(made["Policy"]["PolicySummary"]["Id"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        organizations = self.organizations(session)
        changes = {
            argument: new.get(key) or ""
            for key, argument in (("content", "Content"), ("description", "Description"), ("name", "Name"))
            if not self.same(key, old, new)
        }
        if changes:
            organizations.update_policy(PolicyId=identity, **changes)
        dropped, changed = changed_tags(session, old, new)
        if dropped:
            organizations.untag_resource(ResourceId=identity, TagKeys=dropped)
        if changed:
            organizations.tag_resource(ResourceId=identity, Tags=to_tags(changed))

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        organizations = self.organizations(session)
        answer = if_there(lambda: organizations.describe_policy(PolicyId=identity), *GONE)
        if answer is None:
            return None
        summary = answer["Policy"]["PolicySummary"]
        return {
            "arn": summary["Arn"],
            "content": answer["Policy"]["Content"],
            "description": summary.get("Description") or None,
            "name": summary["Name"],
            "tags": from_tags(organizations.list_tags_for_resource(ResourceId=identity).get("Tags")),
            "type": summary["Type"],
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        if not state.get("skipDestroy"):
            if_there(lambda: self.organizations(session).delete_policy(PolicyId=identity), *GONE)


class PolicyAttachment(OrganizationsResource):
    """A policy on a root, organizational unit or account. The id is ``target:policy``."""

    token = "aws:organizations/policyAttachment:PolicyAttachment"  # noqa: S105
    title = "Organizations Policy Attachment"
    details = Details(replaces="policyId targetId")

    def create(self, session: Session, inputs: Props) -> str:
        policy, target = inputs["policyId"], inputs["targetId"]
        self.organizations(session).attach_policy(PolicyId=policy, TargetId=target)
        return f"{target}:{policy}"

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        target, _, policy = identity.partition(":")
        pages = self.organizations(session).get_paginator("list_targets_for_policy")
        found = if_there(
            lambda: [item for page in pages.paginate(PolicyId=policy) for item in page["Targets"]], *GONE
        )
        if all(item["TargetId"] != target for item in found or []):
            return None
        return {"policyId": policy, "targetId": target}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        if state.get("skipDestroy"):
            return
        target, _, policy = identity.partition(":")
        detach = {"PolicyId": policy, "TargetId": target}
        gone = (*GONE, "PolicyNotAttachedException", "TargetNotFoundException")
        if_there(lambda: self.organizations(session).detach_policy(**detach), *gone)
