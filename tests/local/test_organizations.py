"""The organization around the embedded AWS's account, and the resource control policies that apply to it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws.emulator import ACCOUNT, MANAGEMENT
from tests.conftest import Aws
from tests.local.asking import RCP, RCP_TYPE, code, organization_root

ADDRESSES = ["203.0.113.0/24", "2001:db8:1234::/48"]


def fence(bucket: str) -> str:
    """An RCP that closes a bucket to everybody outside stack `local`'s networks."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": ADDRESSES}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture
def organizations(aws: Aws) -> Any:
    """The management account's client; resource control policies are enabled."""
    client = aws.organizations()
    organization_root(client)
    return client


class Made:
    """Policies that a test makes and attaches; all of it goes with the test."""

    def __init__(self, organizations: Any) -> None:
        self.organizations = organizations
        self.attached: list[tuple[str, str]] = []
        self.policies: list[str] = []

    def policy(self, content: str) -> str:
        """A new policy."""
        name = uuid.uuid4().hex[:8]
        made = self.organizations.create_policy(Name=name, Content=content, Description="", Type=RCP_TYPE)
        self.policies.append(made["Policy"]["PolicySummary"]["Id"])
        return self.policies[-1]

    def attach(self, policy: str, target: str) -> None:
        """Attach it."""
        self.organizations.attach_policy(PolicyId=policy, TargetId=target)
        self.attached.append((policy, target))

    def detach(self) -> None:
        """Detach everything."""
        while self.attached:
            policy, target = self.attached.pop()
            self.organizations.detach_policy(PolicyId=policy, TargetId=target)


@pytest.fixture
def made(organizations: Any) -> Iterator[Made]:
    """What a test makes."""
    found = Made(organizations)
    yield found
    found.detach()
    for policy in found.policies:
        organizations.delete_policy(PolicyId=policy)


def gets_in(client: Any, bucket: str) -> bool:
    """Whether a client can list a bucket."""
    try:
        client.list_objects_v2(Bucket=bucket)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


def test_the_account_is_a_member_and_the_management_account_is_another(aws: Aws, organizations: Any) -> None:
    found = aws("organizations").describe_organization()["Organization"]
    assert found["MasterAccountId"] == MANAGEMENT
    assert found == organizations.describe_organization()["Organization"]
    accounts = {each["Id"] for each in organizations.list_accounts()["Accounts"]}
    assert {ACCOUNT, MANAGEMENT} <= accounts


def test_a_member_account_sees_no_policies(aws: Aws) -> None:
    with pytest.raises(ClientError) as error:
        aws("organizations").list_policies(Filter=RCP_TYPE)
    assert code(error) == "AccessDeniedException"


def test_full_access_is_attached_everywhere_and_stays(organizations: Any) -> None:
    for target in (ACCOUNT, organization_root(organizations)):
        policies = organizations.list_policies_for_target(TargetId=target, Filter=RCP_TYPE)["Policies"]
        assert "RCPFullAWSAccess" in {each["Name"] for each in policies}
    with pytest.raises(ClientError) as error:
        organizations.detach_policy(PolicyId="p-RCPFullAWSAccess", TargetId=ACCOUNT)
    assert code(error) == "ConstraintViolationException"


@pytest.mark.parametrize("where", ["account", "root", "unit"])
def test_an_attached_policy_closes_a_bucket_that_has_none_of_its_own(
    aws: Aws, new_bucket: str, made: Made, where: str, request: pytest.FixtureRequest
) -> None:
    """To everybody outside, whatever the administrator may; and not to those inside."""
    inside, outside = aws("s3"), aws("s3", "outside")
    assert gets_in(outside, new_bucket)
    target = ACCOUNT
    if where != "account":
        target = organization_root(made.organizations)
    if where == "unit":
        root, name = target, uuid.uuid4().hex[:8]
        unit = made.organizations.create_organizational_unit(ParentId=root, Name=name)
        target = unit["OrganizationalUnit"]["Id"]
        move = {"AccountId": ACCOUNT, "SourceParentId": root, "DestinationParentId": target}
        made.organizations.move_account(**move)
        back = {"AccountId": ACCOUNT, "SourceParentId": target, "DestinationParentId": root}
        request.addfinalizer(lambda: made.organizations.move_account(**back))
    made.attach(made.policy(fence(new_bucket)), target)
    assert gets_in(inside, new_bucket)
    assert gets_in(aws("s3", "inside-ipv6"), new_bucket)
    assert not gets_in(outside, new_bucket)
    assert not gets_in(aws("s3", "outside-ipv6"), new_bucket)
    made.detach()
    assert gets_in(outside, new_bucket)


def test_a_policy_that_is_not_attached_or_is_of_another_account_closes_nothing(
    aws: Aws, new_bucket: str, made: Made
) -> None:
    made.attach(made.policy(fence(new_bucket)), MANAGEMENT)
    assert gets_in(aws("s3", "outside"), new_bucket)


def test_the_management_account_is_not_held(aws: Aws, made: Made) -> None:
    key = {"aws_access_key_id": aws.management["key"], "aws_secret_access_key": aws.management["secret"]}
    name = f"managed-{uuid.uuid4().hex[:8]}"
    s3 = aws("s3", "outside", **key)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    made.attach(made.policy(fence(name)), organization_root(made.organizations))
    assert gets_in(s3, name)
    s3.delete_bucket(Bucket=name)


def test_anonymous_callers_are_held(aws: Aws, new_bucket: str, made: Made) -> None:
    s3 = aws("s3")
    s3.delete_public_access_block(Bucket=new_bucket)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket"}
    public = {"Version": "2012-10-17", "Statement": {**everybody, "Resource": f"arn:aws:s3:::{new_bucket}"}}
    s3.put_bucket_policy(Bucket=new_bucket, Policy=json.dumps(public))
    nobody = [aws("s3", where, config=Config(signature_version=UNSIGNED)) for where in ("inside", "outside")]
    assert [gets_in(each, new_bucket) for each in nobody] == [True, True]
    made.attach(made.policy(fence(new_bucket)), ACCOUNT)
    assert [gets_in(each, new_bucket) for each in nobody] == [True, False]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param("{}", "MalformedPolicyDocumentException", id="empty"),
        pytest.param(RCP.replace("s3:*", "*"), "MalformedPolicyDocumentException", id="every-action"),
        pytest.param(RCP.replace("Deny", "Allow"), "MalformedPolicyDocumentException", id="allow"),
        pytest.param(RCP + " " * 5120, "ConstraintViolationException", id="white-space-counts"),
    ],
)
def test_what_aws_would_not_take_is_refused(made: Made, content: str, refusal: str) -> None:
    with pytest.raises(ClientError) as error:
        made.policy(content)
    assert code(error) == refusal
    policy = made.policy(RCP)
    with pytest.raises(ClientError) as error:
        made.organizations.update_policy(PolicyId=policy, Content=content)
    assert code(error) == refusal


def test_a_target_takes_four_policies_of_ones_own(made: Made) -> None:
    for _ in range(4):
        made.attach(made.policy(RCP), ACCOUNT)
    with pytest.raises(ClientError) as error:
        made.attach(made.policy(RCP), ACCOUNT)
    assert code(error) == "ConstraintViolationException"
