"""aws.iam.User, Group and Role: what has a name, a path and policies."""

from __future__ import annotations

from typing import Any, ClassVar

from local.provider.declared import Details
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.structures import from_tags, unchanged
from local.provider.types.iam_part import IamResource, all_of, as_text, first_tags, if_there, patiently, retag
from local.provider.values import Props

CREATED = {
    "assumeRolePolicy": "AssumeRolePolicyDocument",
    "description": "Description",
    "maxSessionDuration": "MaxSessionDuration",
    "path": "Path",
    "permissionsBoundary": "PermissionsBoundary",
}
"""The arguments of the create calls, by property."""


class Named(IamResource):
    """The three of them: ``kind`` stands in the names of IAM's calls and of what they take and give."""

    kind: ClassVar[str]

    def call(self, session: Session, verb: str, name: str, what: str = "", **arguments: Any) -> Any:
        """Return one of the calls about this kind of thing, such as ``put_user_permissions_boundary``."""
        operation = getattr(self.iam(session), f"{verb}_{self.kind.lower()}{what}")
        return operation(**{f"{self.kind}Name": name}, **arguments)

    def create(self, session: Session, inputs: Props) -> str:
        arguments = {argument: inputs[key] for key, argument in CREATED.items() if inputs.get(key)}
        if "tags" in self.properties:
            arguments.update(first_tags(session, inputs))
        patiently(session, lambda: self.call(session, "create", inputs["name"], **arguments))
        return str(inputs["name"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        name = new.get("name") or identity
        self.change(session, old.get("name") or identity, old, new)
        if "permissionsBoundary" in self.properties and not self.same("permissionsBoundary", old, new):
            boundary = new.get("permissionsBoundary")
            argument: Props = {"PermissionsBoundary": boundary} if boundary else {}
            self.call(session, "put" if boundary else "delete", name, "_permissions_boundary", **argument)
        if "tags" in self.properties:
            retag(session, self.kind.lower(), {f"{self.kind}Name": name}, old, new)

    def change(self, session: Session, name: str, old: Props, new: Props) -> None:
        """Give it its new name and path."""
        changes: Props = {
            f"New{argument}": new.get(key)
            for key, argument in (("name", f"{self.kind}Name"), ("path", "Path"))
            if new.get(key) and not self.same(key, old, new)
        }
        if changes:
            self.call(session, "update", name, **changes)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        name = state.get("name") or identity
        answer = if_there(lambda: self.call(session, "get", name))
        if answer is None:
            return None
        found = answer[self.kind]
        values = {
            "name": found[f"{self.kind}Name"],
            "uniqueId": found[f"{self.kind}Id"],
            "arn": found["Arn"],
            "createDate": self.properties["arn"].from_aws(found.get("CreateDate")),
            "description": found.get("Description"),
            "maxSessionDuration": found.get("MaxSessionDuration"),
            "path": found.get("Path") or "/",
            "permissionsBoundary": (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "assumeRolePolicy": as_text(found.get("AssumeRolePolicyDocument")),
        }
        if "tags" in self.properties:
            values["tags"] = from_tags(self.call(session, "list", name, "_tags").get("Tags"))
        return {key: value for key, value in values.items() if key in self.properties}

    def delete(self, session: Session, identity: str, state: Props) -> None:
        name = state.get("name") or identity
        if_there(lambda: self.strip(self.iam(session), name, state))
        if_there(lambda: patiently(session, lambda: self.call(session, "delete", name)))

    def strip(self, iam: Any, name: str, state: Props) -> None:
        """Take away what keeps IAM from deleting it, where the program says so."""


class Group(Named):
    """A group of IAM users."""

    token = "aws:iam/group:Group"  # noqa: S105
    title = "IAM Group"
    kind = "Group"
    auto_name = AutoName(longest=128, instead=None)
    details = Details(defaults={"path": "/"})


class User(Named):
    """An IAM user."""

    token = "aws:iam/user:User"  # noqa: S105
    title = "IAM User"
    kind = "User"
    auto_name = AutoName(instead=None)
    details = Details(kept="forceDestroy", defaults={"forceDestroy": False, "path": "/"})

    def strip(self, iam: Any, name: str, state: Props) -> None:
        for group in all_of(iam, "list_groups_for_user", "Groups", UserName=name):
            iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
        if state.get("forceDestroy"):
            strip_user(iam, name)


HELD = (
    ("list_attached_user_policies", "AttachedPolicies", "detach_user_policy", "PolicyArn"),
    ("list_user_policies", "PolicyNames", "delete_user_policy", "PolicyName"),
    ("list_access_keys", "AccessKeyMetadata", "delete_access_key", "AccessKeyId"),
    ("list_ssh_public_keys", "SSHPublicKeys", "delete_ssh_public_key", "SSHPublicKeyId"),
    ("list_signing_certificates", "Certificates", "delete_signing_certificate", "CertificateId"),
    ("list_mfa_devices", "MFADevices", "deactivate_mfa_device", "SerialNumber"),
)
"""What a user can hold: how it is listed, in which key, how it is taken away, by which key."""


def strip_user(iam: Any, name: str) -> None:
    """Take from a user the policies and credentials that keep IAM from deleting it."""
    devices = all_of(iam, "list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Assigned")
    for listing, items, removal, key in HELD:
        for each in all_of(iam, listing, items, UserName=name):
            getattr(iam, removal)(UserName=name, **{key: each[key] if isinstance(each, dict) else each})
    for device in devices:
        if (device.get("User") or {}).get("UserName") == name:
            iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])
    if_there(lambda: iam.delete_login_profile(UserName=name))
    for own in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]:
        credential = own["ServiceSpecificCredentialId"]
        iam.delete_service_specific_credential(UserName=name, ServiceSpecificCredentialId=credential)


class Role(Named):
    """An IAM role."""

    token = "aws:iam/role:Role"  # noqa: S105
    title = "IAM Role"
    kind = "Role"
    auto_name = AutoName()
    details = Details(
        replaces="name path",
        kept="forceDetachPolicies",
        unordered="inlinePolicies managedPolicyArns",
        documents="inlinePolicies.policy",
        defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    )

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        super().configure(session, identity, old, new)
        iam = self.iam(session)
        if not unchanged(
            self.properties["inlinePolicies"], old.get("inlinePolicies"), new.get("inlinePolicies")
        ):
            wanted = {each["name"]: each["policy"] for each in new["inlinePolicies"] if each.get("name")}
            for name in inline_policies(iam, identity).keys() - wanted.keys():
                iam.delete_role_policy(RoleName=identity, PolicyName=name)
            for name, text in wanted.items():
                iam.put_role_policy(RoleName=identity, PolicyName=name, PolicyDocument=text)
        if new.get("managedPolicyArns") is not None:
            present, arns = set(managed_policies(iam, identity)), set(new["managedPolicyArns"])
            for arn in sorted(present - arns):
                iam.detach_role_policy(RoleName=identity, PolicyArn=arn)
            for arn in sorted(arns - present):
                iam.attach_role_policy(RoleName=identity, PolicyArn=arn)

    def change(self, session: Session, name: str, old: Props, new: Props) -> None:
        if not self.same("assumeRolePolicy", old, new):
            document = new["assumeRolePolicy"]
            patiently(
                session,
                lambda: self.iam(session).update_assume_role_policy(RoleName=name, PolicyDocument=document),
            )
        if not (self.same("description", old, new) and self.same("maxSessionDuration", old, new)):
            about = {"Description": new.get("description") or ""}
            seconds = new.get("maxSessionDuration") or 3600
            self.call(session, "update", name, **about, MaxSessionDuration=seconds)

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        found = super().read(session, identity, state)
        if found is None:
            return None
        iam = self.iam(session)
        policies = inline_policies(iam, identity)
        return {
            **found,
            "inlinePolicies": [{"name": name, "policy": policies[name]} for name in sorted(policies)],
            "managedPolicyArns": managed_policies(iam, identity),
        }

    def strip(self, iam: Any, name: str, state: Props) -> None:
        everything = bool(state.get("forceDetachPolicies"))
        for arn in managed_policies(iam, name):
            if everything or arn in (state.get("managedPolicyArns") or []):
                iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        declared = {each.get("name") for each in state.get("inlinePolicies") or []}
        for policy in inline_policies(iam, name):
            if everything or policy in declared:
                iam.delete_role_policy(RoleName=name, PolicyName=policy)


def inline_policies(iam: Any, role: str) -> dict[str, str]:
    """Return the role's inline policies, by name."""
    names = all_of(iam, "list_role_policies", "PolicyNames", RoleName=role)
    found = {name: iam.get_role_policy(RoleName=role, PolicyName=name) for name in names}
    return {name: as_text(each["PolicyDocument"]) for name, each in found.items()}


def managed_policies(iam: Any, role: str) -> list[str]:
    """Return the ARNs of the managed policies attached to the role."""
    attached = all_of(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role)
    return sorted(policy["PolicyArn"] for policy in attached)
