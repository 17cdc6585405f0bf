"""aws.iam.Role."""

from __future__ import annotations

from typing import Any

from local.provider.properties import TAGS, TAGS_ALL, block, document, flag, table, text, unordered, whole
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.structures import unchanged
from local.provider.types.iam_part import IamResource, all_of, first_tags, if_there, patiently, retag, tags_of
from local.provider.types.iam_policy import as_text
from local.provider.values import Props

TRUST = document(required=True)
INLINE = unordered(block({"name": text(), "policy": document()}), computed=True)
MANAGED = unordered(text(), computed=True)


class Role(IamResource):
    """An IAM role."""

    token = "aws:iam/role:Role"  # noqa: S105
    title = "IAM Role"
    auto_name = AutoName()
    properties = table(
        {
            "assumeRolePolicy": TRUST,
            "description": text(),
            "forceDetachPolicies": flag(default=False, kept=True),
            "inlinePolicies": INLINE,
            "managedPolicyArns": MANAGED,
            "maxSessionDuration": whole(default=3600),
            "name": text(computed=True, replaces=True),
            "namePrefix": text(computed=True, replaces=True, kept=True),
            "path": text(default="/", replaces=True),
            "permissionsBoundary": text(),
            "tags": TAGS,
            "arn": text(output=True),
            "createDate": text(output=True),
            "tagsAll": TAGS_ALL,
            "uniqueId": text(output=True),
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        iam = self.iam(session)
        arguments: Props = {
            "RoleName": inputs["name"],
            "Path": inputs.get("path") or "/",
            "AssumeRolePolicyDocument": inputs["assumeRolePolicy"],
            "MaxSessionDuration": inputs.get("maxSessionDuration") or 3600,
            **first_tags(session, inputs),
        }
        if inputs.get("description"):
            arguments["Description"] = inputs["description"]
        if inputs.get("permissionsBoundary"):
            arguments["PermissionsBoundary"] = inputs["permissionsBoundary"]
        made = patiently(
            session,
            lambda: iam.create_role(**arguments),
            also=frozenset({"MalformedPolicyDocument"})
            if "Invalid principal" in inputs["assumeRolePolicy"]
            else frozenset(),
        )
        return str(made["Role"]["RoleName"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        iam = self.iam(session)
        if old:
            self.change(session, iam, identity, old, new)
        arrange_policies(iam, identity, old, new)

    def change(self, session: Session, iam: Any, name: str, old: Props, new: Props) -> None:
        """Bring the role itself from old to new."""
        if not TRUST.same(old.get("assumeRolePolicy"), new["assumeRolePolicy"]):
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=new["assumeRolePolicy"])
        keys = ("description", "maxSessionDuration")
        if any((old.get(key) or None) != (new.get(key) or None) for key in keys):
            iam.update_role(
                RoleName=name,
                Description=new.get("description") or "",
                MaxSessionDuration=new.get("maxSessionDuration") or 3600,
            )
        boundary = new.get("permissionsBoundary")
        if (boundary or "") != (old.get("permissionsBoundary") or ""):
            if boundary:
                iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
            else:
                iam.delete_role_permissions_boundary(RoleName=name)
        retag(
            session,
            old,
            new,
            lambda **what: iam.tag_role(RoleName=name, **what),
            lambda **what: iam.untag_role(RoleName=name, **what),
        )

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        del state
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_role(RoleName=identity))
        if answer is None:
            return None
        role = answer["Role"]
        return {
            "name": role["RoleName"],
            "arn": role["Arn"],
            "assumeRolePolicy": as_text(role["AssumeRolePolicyDocument"]),
            "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "description": role.get("Description"),
            "inlinePolicies": inline_policies(iam, identity),
            "managedPolicyArns": managed_policies(iam, identity),
            "maxSessionDuration": role.get("MaxSessionDuration") or 3600,
            "path": role.get("Path") or "/",
            "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "tags": tags_of(role),
            "uniqueId": role["RoleId"],
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        iam = self.iam(session)
        declared = state.get("forceDetachPolicies")
        if_there(lambda: strip(iam, identity, state, everything=bool(declared)))
        if_there(lambda: patiently(session, lambda: iam.delete_role(RoleName=identity)))


def inline_policies(iam: Any, role: str) -> list[Props]:
    """The role's inline policies."""
    names = all_of(iam, "list_role_policies", "PolicyNames", RoleName=role)
    return [
        {
            "name": name,
            "policy": as_text(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]),
        }
        for name in sorted(names)
    ]


def managed_policies(iam: Any, role: str) -> list[str]:
    """The ARNs of the managed policies attached to the role."""
    attached = all_of(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role)
    return sorted(policy["PolicyArn"] for policy in attached)


def arrange_policies(iam: Any, role: str, old: Props, new: Props) -> None:
    """Bring the policies that are declared inside the role to the program's; where none are, leave them."""
    if new.get("inlinePolicies") is not None and not unchanged(
        INLINE, old.get("inlinePolicies"), new["inlinePolicies"]
    ):
        wanted = {each["name"]: each["policy"] for each in new["inlinePolicies"] if each.get("name")}
        for each in inline_policies(iam, role):
            if each["name"] not in wanted:
                iam.delete_role_policy(RoleName=role, PolicyName=each["name"])
        for name, text_ in wanted.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text_)
    if new.get("managedPolicyArns") is not None:
        present, wanted_arns = set(managed_policies(iam, role)), set(new["managedPolicyArns"])
        for arn in sorted(present - wanted_arns):
            iam.detach_role_policy(RoleName=role, PolicyArn=arn)
        for arn in sorted(wanted_arns - present):
            iam.attach_role_policy(RoleName=role, PolicyArn=arn)


def strip(iam: Any, role: str, state: Props, *, everything: bool) -> None:
    """Take from the role the policies declared inside it, or all of them."""
    for arn in managed_policies(iam, role):
        if everything or arn in (state.get("managedPolicyArns") or []):
            iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    declared = {each.get("name") for each in state.get("inlinePolicies") or []}
    for each in inline_policies(iam, role):
        if everything or each["name"] in declared:
            iam.delete_role_policy(RoleName=role, PolicyName=each["name"])
