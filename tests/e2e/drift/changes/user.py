"""Changes to the user, the user's keys and groups."""

from __future__ import annotations

import json

from tests.e2e.drift.changes.mutation import Target, Undo, mutation, new_name


@mutation("user-access-keys", "critical", "unmanaged")
def second_access_key_made(t: Target) -> Undo:
    made = t.iam.create_access_key(UserName=t.user)["AccessKey"]["AccessKeyId"]
    return lambda: t.iam.delete_access_key(UserName=t.user, AccessKeyId=made)


@mutation("user-access-keys", "medium", "changed")
def access_key_made_inactive(t: Target) -> Undo:
    t.iam.update_access_key(UserName=t.user, AccessKeyId=t.key, Status="Inactive")
    return lambda: t.iam.update_access_key(UserName=t.user, AccessKeyId=t.key, Status="Active")


@mutation("user-attached-policies", "critical", "unmanaged")
def managed_policy_attached(t: Target) -> Undo:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    t.iam.attach_user_policy(UserName=t.user, PolicyArn=arn)
    return lambda: t.iam.detach_user_policy(UserName=t.user, PolicyArn=arn)


@mutation("user-attached-policies", "high", "unmanaged")
def managed_policy_attached_that_leaves_the_fence_alone(t: Target) -> Undo:
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    t.iam.attach_user_policy(UserName=t.user, PolicyArn=arn)
    return lambda: t.iam.detach_user_policy(UserName=t.user, PolicyArn=arn)


@mutation("user-attached-policies", "critical", "unmanaged")
def administrator_by_another_name(t: Target) -> Undo:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"}],
    }
    arn = t.iam.create_policy(PolicyName=new_name("helper"), PolicyDocument=json.dumps(document))["Policy"][
        "Arn"
    ]
    t.iam.attach_user_policy(UserName=t.user, PolicyArn=arn)

    def undo() -> None:
        t.iam.detach_user_policy(UserName=t.user, PolicyArn=arn)
        t.iam.delete_policy(PolicyArn=arn)

    return undo


@mutation("user-inline-policies", "critical", "unmanaged")
def inline_policy_put(t: Target) -> Undo:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    t.iam.put_user_policy(UserName=t.user, PolicyName="quiet", PolicyDocument=json.dumps(document))
    return lambda: t.iam.delete_user_policy(UserName=t.user, PolicyName="quiet")


@mutation("user-groups", "high", "unmanaged")
def user_put_into_a_group(t: Target) -> Undo:
    group = new_name("crew")
    t.iam.create_group(GroupName=group)
    t.iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    t.iam.add_user_to_group(GroupName=group, UserName=t.user)

    def undo() -> None:
        t.iam.remove_user_from_group(GroupName=group, UserName=t.user)
        t.iam.detach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        t.iam.delete_group(GroupName=group)

    return undo


@mutation("user-groups", "critical", "unmanaged")
def user_put_into_a_group_with_an_inline_policy(t: Target) -> Undo:
    group = new_name("crew")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    t.iam.create_group(GroupName=group)
    t.iam.put_group_policy(GroupName=group, PolicyName="all", PolicyDocument=json.dumps(document))
    t.iam.add_user_to_group(GroupName=group, UserName=t.user)

    def undo() -> None:
        t.iam.remove_user_from_group(GroupName=group, UserName=t.user)
        t.iam.delete_group_policy(GroupName=group, PolicyName="all")
        t.iam.delete_group(GroupName=group)

    return undo


@mutation("user-console-password", "critical", "unmanaged")
def console_password_set(t: Target) -> Undo:
    t.iam.create_login_profile(UserName=t.user, Password="Corr3ct-horse-battery")
    return lambda: t.iam.delete_login_profile(UserName=t.user)


@mutation("user-mfa", "medium", "unmanaged")
def second_factor_enrolled(t: Target) -> Undo:
    name = new_name("phone")
    serial = t.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    t.iam.enable_mfa_device(
        UserName=t.user, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )

    def undo() -> None:
        t.iam.deactivate_mfa_device(UserName=t.user, SerialNumber=serial)
        t.iam.delete_virtual_mfa_device(SerialNumber=serial)

    return undo


@mutation("user-ssh-keys", "medium", "unmanaged")
def ssh_key_uploaded(t: Target) -> Undo:
    made = t.iam.upload_ssh_public_key(UserName=t.user, SSHPublicKeyBody="ssh-ed25519 AAAA")["SSHPublicKey"]
    return lambda: t.iam.delete_ssh_public_key(UserName=t.user, SSHPublicKeyId=made["SSHPublicKeyId"])


@mutation("user-service-credentials", "medium", "unmanaged")
def service_credential_made(t: Target) -> Undo:
    made = t.iam.create_service_specific_credential(UserName=t.user, ServiceName="codecommit.amazonaws.com")[
        "ServiceSpecificCredential"
    ]["ServiceSpecificCredentialId"]
    return lambda: t.iam.delete_service_specific_credential(UserName=t.user, ServiceSpecificCredentialId=made)


@mutation("user-signing-certificates", "high", "unmanaged")
def signing_certificate_uploaded(t: Target) -> Undo:
    made = t.iam.upload_signing_certificate(UserName=t.user, CertificateBody="-----BEGIN CERTIFICATE-----")
    name = made["Certificate"]["CertificateId"]
    return lambda: t.iam.delete_signing_certificate(UserName=t.user, CertificateId=name)


@mutation("user-permissions-boundary", "medium", "changed")
def permissions_boundary_put(t: Target) -> Undo:
    t.iam.put_user_permissions_boundary(
        UserName=t.user, PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    return lambda: t.iam.delete_user_permissions_boundary(UserName=t.user)


@mutation("user-tags", "low", "changed")
def user_tag_added(t: Target) -> Undo:
    t.iam.tag_user(UserName=t.user, Tags=[{"Key": "role", "Value": "admin"}])
    return lambda: t.iam.untag_user(UserName=t.user, TagKeys=["role"])
