"""Fixtures for tests of the provider: an engine on the stand's provider, and things to hang resources on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from local.stand import Stand
from tests.conftest import Aws
from tests.local.asking import LOCATION, RCP, RCP_TYPE, organization_root
from tests.local.provider.engine import Engine

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
READ = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::some/*"}],
    }
)


@pytest.fixture
def engine(stand: Stand) -> Engine:
    """A stack of its own on the provider of the stand."""
    assert stand.record.provider is not None
    return Engine(stand.record.provider, {"region": "ap-northeast-1"}, uuid.uuid4().hex[:8])


@pytest.fixture
def engine_for(stand: Stand, engine: Engine) -> Callable[[str], Engine]:
    """Call it with a type's token for a stack whose provider may make that type: what is of an organization
    takes the credentials of its management account.
    """

    def chosen(token: str) -> Engine:
        if not token.startswith("aws:organizations/"):
            return engine
        management = stand.record.management
        config = {"accessKey": management["key"], "secretKey": management["secret"]}
        return Engine(stand.record.provider, {"region": "ap-northeast-1", **config}, uuid.uuid4().hex[:8])

    return chosen


@dataclass(frozen=True, slots=True)
class Things:
    """What exists already, made without the provider."""

    bucket: str
    other_bucket: str
    plain_bucket: str
    user: str
    other_user: str
    group: str
    other_group: str
    role: str
    policy: str
    other_policy: str
    key: str
    other_key: str
    unit: str
    other_unit: str
    rcp: str
    other_rcp: str


@pytest.fixture(scope="module")
def things(aws: Aws) -> Iterator[Things]:
    """Two buckets with object lock and a plain one, and two of everything in IAM, KMS and Organizations."""
    s3, iam, kms, own = aws("s3"), aws("iam"), aws("kms"), uuid.uuid4().hex[:10]
    names = [f"{kind}-{own}" for kind in ("first", "second")]
    for name in names:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=LOCATION, ObjectLockEnabledForBucket=True)
        iam.create_user(UserName=name)
        iam.create_group(GroupName=name)
    plain = f"plain-{own}"
    s3.create_bucket(Bucket=plain, CreateBucketConfiguration=LOCATION)
    iam.create_role(RoleName=names[0], AssumeRolePolicyDocument=TRUST)
    arns = [iam.create_policy(PolicyName=name, PolicyDocument=READ)["Policy"]["Arn"] for name in names]
    keys = [kms.create_key()["KeyMetadata"]["KeyId"] for _ in names]
    organizations = aws.organizations()
    root = organization_root(organizations)
    units = [
        organizations.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]
        for name in names
    ]
    rcps = [
        organizations.create_policy(Name=name, Content=RCP, Description="", Type=RCP_TYPE)["Policy"][
            "PolicySummary"
        ]["Id"]
        for name in names
    ]
    yield Things(
        names[0],
        names[1],
        plain,
        names[0],
        names[1],
        names[0],
        names[1],
        names[0],
        arns[0],
        arns[1],
        keys[0],
        keys[1],
        *units,
        *rcps,
    )
    for name in rcps:
        organizations.delete_policy(PolicyId=name)
    for name in units:
        organizations.delete_organizational_unit(OrganizationalUnitId=name)
    for name in names:
        iam.delete_user(UserName=name)
        iam.delete_group(GroupName=name)
    iam.delete_role(RoleName=names[0])
    for arn in arns:
        iam.delete_policy(PolicyArn=arn)
    for name in (*names, plain):
        s3.delete_bucket(Bucket=name)
