"""IAM keeps a user or a group as long as something hangs on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Aws

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
Step = Callable[[Any, str], Any]


def assign_mfa(iam: Any, name: str) -> None:
    """Give the user a virtual MFA device of the same name."""
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    iam.enable_mfa_device(
        UserName=name,
        SerialNumber=made["SerialNumber"],
        AuthenticationCode1="111111",
        AuthenticationCode2="222222",
    )


def drop_mfa(iam: Any, name: str) -> None:
    """Take it away again."""
    (device,) = iam.list_mfa_devices(UserName=name)["MFADevices"]
    iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
    iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])


def drop_ssh(iam: Any, name: str) -> None:
    """Delete the user's SSH key."""
    (key,) = iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"]
    iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=key["SSHPublicKeyId"])


def drop_key(iam: Any, name: str) -> None:
    """Delete the user's access key."""
    (key,) = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])


USER = "user"
GROUP = "group"


@pytest.mark.parametrize(
    ("kind", "hang", "drop"),
    [
        pytest.param(
            USER, lambda iam, name: iam.create_access_key(UserName=name), drop_key, id="a user's access key"
        ),
        pytest.param(
            USER,
            lambda iam, name: iam.attach_user_policy(UserName=name, PolicyArn=READ_ONLY),
            lambda iam, name: iam.detach_user_policy(UserName=name, PolicyArn=READ_ONLY),
            id="a user's attached policy",
        ),
        pytest.param(
            USER,
            lambda iam, name: iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=DOCUMENT),
            lambda iam, name: iam.delete_user_policy(UserName=name, PolicyName="p"),
            id="a user's inline policy",
        ),
        pytest.param(
            USER,
            lambda iam, name: iam.create_login_profile(UserName=name, Password=f"A1-{name}"),
            lambda iam, name: iam.delete_login_profile(UserName=name),
            id="a user's password",
        ),
        pytest.param(USER, assign_mfa, drop_mfa, id="a user's MFA device"),
        pytest.param(
            USER,
            lambda iam, name: iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa AAAA me"),
            drop_ssh,
            id="a user's SSH key",
        ),
        pytest.param(
            USER,
            lambda iam, name: (
                iam.create_group(GroupName=name),
                iam.add_user_to_group(GroupName=name, UserName=name),
            ),
            lambda iam, name: (
                iam.remove_user_from_group(GroupName=name, UserName=name),
                iam.delete_group(GroupName=name),
            ),
            id="a user's group",
        ),
        pytest.param(
            GROUP,
            lambda iam, name: iam.attach_group_policy(GroupName=name, PolicyArn=READ_ONLY),
            lambda iam, name: iam.detach_group_policy(GroupName=name, PolicyArn=READ_ONLY),
            id="a group's attached policy",
        ),
        pytest.param(
            GROUP,
            lambda iam, name: iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=DOCUMENT),
            lambda iam, name: iam.delete_group_policy(GroupName=name, PolicyName="p"),
            id="a group's inline policy",
        ),
        pytest.param(
            GROUP,
            lambda iam, name: (
                iam.create_user(UserName=name),
                iam.add_user_to_group(GroupName=name, UserName=name),
            ),
            lambda iam, name: (
                iam.remove_user_from_group(GroupName=name, UserName=name),
                iam.delete_user(UserName=name),
            ),
            id="a group's member",
        ),
    ],
)
def test_what_something_hangs_on_is_not_deleted(aws: Aws, kind: str, hang: Step, drop: Step) -> None:
    """IAM answers DeleteConflict, and deletes the user or group once nothing is left."""
    iam, name = aws("iam"), f"hanging-{uuid.uuid4().hex[:8]}"
    who = {f"{kind.title()}Name": name}
    delete = getattr(iam, f"delete_{kind}")
    getattr(iam, f"create_{kind}")(**who)
    hang(iam, name)
    with pytest.raises(ClientError) as refused:
        delete(**who)
    assert refused.value.response["Error"]["Code"] == "DeleteConflict"
    drop(iam, name)
    delete(**who)
