"""A user goes with everything that hangs on it, where the program says so."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError

from local.provider.session import Session
from local.provider.types import RESOURCES
from local.stand import Stand
from tests.conftest import Aws
from tests.local.provider.engine import Engine, FailedError

USER = "aws:iam/user:User"


def test_force_destroy_takes_every_credential_with_the_user(engine: Engine, aws: Aws) -> None:
    """Groups are left in any case; without it IAM refuses for whatever else was made by hand."""
    iam, name = aws("iam"), f"user-{uuid.uuid4().hex[:8]}"
    engine.up(USER, "it", {"name": name})
    iam.create_group(GroupName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    iam.create_login_profile(UserName=name, Password=f"A1-{name}")
    iam.create_access_key(UserName=name)
    iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa AAAA me")
    iam.upload_signing_certificate(UserName=name, CertificateBody="-----BEGIN CERTIFICATE-----")
    iam.create_service_specific_credential(UserName=name, ServiceName="codecommit.amazonaws.com")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
    codes = {"AuthenticationCode1": "111111", "AuthenticationCode2": "222222"}
    iam.enable_mfa_device(UserName=name, SerialNumber=device, **codes)

    with pytest.raises(FailedError, match="api error DeleteConflict"):
        engine.delete(USER, "it")
    assert iam.get_group(GroupName=name)["Users"] == []
    iam.delete_group(GroupName=name)

    engine.update(USER, "it", {"name": name, "forceDestroy": True})
    engine.delete(USER, "it")
    assert name not in [user["UserName"] for user in iam.list_users()["Users"]]
    assert device not in [
        each["SerialNumber"] for each in iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    ]


def test_attaching_to_a_user_who_is_not_there_is_not_tried_again(stand: Stand) -> None:
    """As with the real provider: trying again would hide a program that makes them in the wrong order."""
    admin = stand.record.admin
    session = Session(
        {
            "region": "ap-northeast-1",
            "accessKey": admin["key"],
            "secretKey": admin["secret"],
            "customCaBundle": str(stand.authority),
            "endpoints": [{"iam": stand.endpoint("inside")}],
        }
    )
    asked: list[str] = []
    session.client("iam").meta.events.register(
        "before-send.iam.AttachUserPolicy", lambda request, **_: asked.append(request.url)
    )
    declared = {"user": "nobody", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    with pytest.raises(ClientError, match="NoSuchEntity"):
        RESOURCES["aws:iam/userPolicyAttachment:UserPolicyAttachment"].create(session, declared)
    assert len(asked) == 1


def test_a_user_taken_out_of_every_group_is_put_back(engine: Engine, aws: Aws) -> None:
    """The refresh keeps the membership, empty; the next update fills it again."""
    iam, name = aws("iam"), f"user-{uuid.uuid4().hex[:8]}"
    token = "aws:iam/userGroupMembership:UserGroupMembership"
    engine.up(USER, "it", {"name": name})
    iam.create_group(GroupName=name)
    engine.up(token, "it", {"user": name, "groups": [name]})
    iam.remove_user_from_group(GroupName=name, UserName=name)
    outputs = engine.refresh(token, "it")
    assert outputs is not None
    assert outputs["groups"] == []
    assert engine.up(token, "it", {"user": name, "groups": [name]})[0] == "update"
    assert [each["UserName"] for each in iam.get_group(GroupName=name)["Users"]] == [name]
    engine.delete(token, "it")
    engine.delete(USER, "it")
    iam.delete_group(GroupName=name)
