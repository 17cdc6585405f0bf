"""Operations of IAM that the emulator alone lacks or answers wrongly."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Aws
from tests.local.asking import code


def test_a_user_has_two_access_keys_at_most(aws: Aws, user: dict[str, str]) -> None:
    """The third is refused with IAM's own error."""
    iam = aws("iam")
    iam.create_access_key(UserName=user["name"])
    with pytest.raises(ClientError, match="AccessKeysPerUser: 2") as error:
        iam.create_access_key(UserName=user["name"])
    assert code(error) == "LimitExceeded"


def test_the_last_use_of_a_key_is_reported(aws: Aws, user: dict[str, str]) -> None:
    """A key that was never used says so; one that was names service and region."""
    iam = aws("iam")
    unused = iam.get_access_key_last_used(AccessKeyId=user["key"])["AccessKeyLastUsed"]
    assert unused["ServiceName"] == "N/A"
    aws("s3", aws_access_key_id=user["key"], aws_secret_access_key=user["secret"]).list_buckets()
    used = iam.get_access_key_last_used(AccessKeyId=user["key"])
    assert used["UserName"] == user["name"]
    assert used["AccessKeyLastUsed"]["ServiceName"] == "s3"
    assert used["AccessKeyLastUsed"]["LastUsedDate"]


def test_an_older_policy_version_can_be_made_the_default(aws: Aws) -> None:
    """The version in force is the one chosen."""
    iam = aws("iam")

    def document(action: str) -> str:
        return json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
        )

    arn = iam.create_policy(PolicyName="versions", PolicyDocument=document("s3:GetObject"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("s3:*"), SetAsDefault=True)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)


def test_other_credentials_of_a_user_are_kept(aws: Aws, user: dict[str, str]) -> None:
    """SSH keys, service-specific credentials and signing certificates can be made, seen and deleted."""
    iam, name = aws("iam"), user["name"]
    ssh = iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa AAAA me")["SSHPublicKey"]
    own = iam.create_service_specific_credential(UserName=name, ServiceName="codecommit.amazonaws.com")
    own = own["ServiceSpecificCredential"]
    signing = iam.upload_signing_certificate(UserName=name, CertificateBody="-----BEGIN CERTIFICATE-----")
    signing = signing["Certificate"]
    assert [k["SSHPublicKeyId"] for k in iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"]] == [
        ssh["SSHPublicKeyId"]
    ]
    listed = iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]
    assert [(c["ServiceName"], "ServicePassword" in c) for c in listed] == [
        ("codecommit.amazonaws.com", False)
    ]
    assert len(iam.list_signing_certificates(UserName=name)["Certificates"]) == 1
    iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=ssh["SSHPublicKeyId"])
    iam.delete_service_specific_credential(
        UserName=name, ServiceSpecificCredentialId=own["ServiceSpecificCredentialId"]
    )
    iam.delete_signing_certificate(UserName=name, CertificateId=signing["CertificateId"])
    assert iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"] == []
