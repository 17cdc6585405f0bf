"""aws.iam.User."""

from __future__ import annotations

from typing import Any

from local.provider.properties import TAGS, TAGS_ALL, flag, table, text
from local.provider.resource import AutoName
from local.provider.session import Session
from local.provider.types.iam_part import IamResource, all_of, first_tags, if_there, patiently, retag, tags_of
from local.provider.values import Props


class User(IamResource):
    """An IAM user."""

    token = "aws:iam/user:User"  # noqa: S105
    title = "IAM User"
    auto_name = AutoName(instead=None)
    properties = table(
        {
            "forceDestroy": flag(default=False, kept=True),
            "name": text(computed=True),
            "path": text(default="/"),
            "permissionsBoundary": text(),
            "tags": TAGS,
            "arn": text(output=True),
            "tagsAll": TAGS_ALL,
            "uniqueId": text(output=True),
        }
    )

    def create(self, session: Session, inputs: Props) -> str:
        arguments = {"UserName": inputs["name"], "Path": inputs.get("path") or "/"}
        if inputs.get("permissionsBoundary"):
            arguments["PermissionsBoundary"] = inputs["permissionsBoundary"]
        iam = self.iam(session)
        made = patiently(session, lambda: iam.create_user(**arguments, **first_tags(session, inputs)))
        return str(made["User"]["UserName"])

    def configure(self, session: Session, identity: str, old: Props, new: Props) -> None:
        if not old:
            return
        iam, name = self.iam(session), new.get("name") or identity
        changes = {}
        if name != old.get("name"):
            changes["NewUserName"] = name
        if (new.get("path") or "/") != old.get("path"):
            changes["NewPath"] = new.get("path") or "/"
        if changes:
            iam.update_user(UserName=old.get("name") or identity, **changes)
        if (new.get("permissionsBoundary") or "") != (old.get("permissionsBoundary") or ""):
            if new.get("permissionsBoundary"):
                iam.put_user_permissions_boundary(
                    UserName=name, PermissionsBoundary=new["permissionsBoundary"]
                )
            else:
                iam.delete_user_permissions_boundary(UserName=name)
        retag(
            session,
            old,
            new,
            lambda **what: iam.tag_user(UserName=name, **what),
            lambda **what: iam.untag_user(UserName=name, **what),
        )

    def read(self, session: Session, identity: str, state: Props) -> Props | None:
        iam = self.iam(session)
        answer = if_there(lambda: iam.get_user(UserName=state.get("name") or identity))
        if answer is None:
            return None
        user = answer["User"]
        boundary = user.get("PermissionsBoundary") or {}
        tags = tags_of(iam.list_user_tags(UserName=user["UserName"]))
        return {
            "name": user["UserName"],
            "path": user.get("Path") or "/",
            "arn": user["Arn"],
            "uniqueId": user["UserId"],
            "permissionsBoundary": boundary.get("PermissionsBoundaryArn"),
            "tags": tags,
        }

    def delete(self, session: Session, identity: str, state: Props) -> None:
        iam, name = self.iam(session), state.get("name") or identity
        if_there(lambda: leave_groups(iam, name))
        if state.get("forceDestroy"):
            if_there(lambda: strip(iam, name))
        if_there(lambda: patiently(session, lambda: iam.delete_user(UserName=name)))


def leave_groups(iam: Any, name: str) -> None:
    """Take a user out of every group."""
    for group in all_of(iam, "list_groups_for_user", "Groups", UserName=name):
        iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])


def strip(iam: Any, name: str) -> None:
    """Take from a user the policies and credentials that keep IAM from deleting it."""
    for policy in all_of(iam, "list_attached_user_policies", "AttachedPolicies", UserName=name):
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    for policy in all_of(iam, "list_user_policies", "PolicyNames", UserName=name):
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    for key in all_of(iam, "list_access_keys", "AccessKeyMetadata", UserName=name):
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for public in all_of(iam, "list_ssh_public_keys", "SSHPublicKeys", UserName=name):
        iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=public["SSHPublicKeyId"])
    for device in all_of(iam, "list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Assigned"):
        if (device.get("User") or {}).get("UserName") == name:
            iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
            iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])
    for device in all_of(iam, "list_mfa_devices", "MFADevices", UserName=name):
        iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
    if_there(lambda: iam.delete_login_profile(UserName=name))
    for signing in all_of(iam, "list_signing_certificates", "Certificates", UserName=name):
        iam.delete_signing_certificate(UserName=name, CertificateId=signing["CertificateId"])
    for own in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]:
        iam.delete_service_specific_credential(
            UserName=name, ServiceSpecificCredentialId=own["ServiceSpecificCredentialId"]
        )
