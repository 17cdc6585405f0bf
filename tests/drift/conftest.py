"""A small world for the drift tests: a stack made by boto3 on the embedded AWS, and the state an engine
would keep."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from drift.check import Options, check
from drift.clients import Access, AwsClients
from drift.findings import Report
from drift.state import State, parse_state
from local.stand import Stand

ACCOUNT = "111122223333"
REGION = "ap-northeast-1"


def fence(bucket: str) -> dict[str, Any]:
    """A bucket policy of the usual shape, around the stand's own network."""
    arns = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": arns,
                "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]}},
            }
        ],
    }


def reader(bucket: str) -> dict[str, Any]:
    """A managed policy of the usual shape."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{bucket}/*",
            },
        ],
    }


@dataclass(frozen=True)
class World:
    """One made stack: its names, its state, and a check of it."""

    bucket: str
    logs: str
    user: str
    key: str
    policy: str
    kms: str
    document: dict[str, Any]
    state: State
    clients: AwsClients
    pool: ThreadPoolExecutor

    def check(self, **options: Any) -> Report:
        """Check the stack now."""
        return check(self.state, self.clients, self.pool, Options(**options))


def resource(
    kind: str, name: str, identity: str, inputs: dict[str, Any], outputs: dict[str, Any]
) -> dict[str, Any]:
    """One resource as an exported state has it."""
    return {
        "urn": f"urn:pulumi:hand::made::{kind}::{name}",
        "type": kind,
        "custom": True,
        "id": identity,
        "inputs": inputs,
        "outputs": {**inputs, **outputs},
    }


@pytest.fixture(scope="session")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as running:
        yield running


@pytest.fixture(scope="session")
def clients(stand: Stand) -> AwsClients:
    """The check's own clients, as the admin, from inside the allow-list."""
    return admin_clients(stand)


def admin_clients(stand: Stand, **access: Any) -> AwsClients:
    made = AwsClients(
        Access(endpoint_url=stand.endpoint("inside"), region=REGION, **{"attempts": 1, **access})
    )
    admin = stand.record.admin
    made.session.set_credentials(admin["key"], admin["secret"])
    made.session.set_config_variable("ca_bundle", str(stand.authority))
    return made


@pytest.fixture(scope="session")
def world(aws: Any, clients: AwsClients, pool: ThreadPoolExecutor) -> World:
    """The made stack, in sync."""
    tag = uuid.uuid4().hex[:8]
    bucket, logs, user = f"made-{tag}", f"made-{tag}-logs", f"made-{tag}-ada"
    s3, iam, kms = aws("s3"), aws("iam"), aws("kms")
    found: list[dict[str, Any]] = []
    for name in (logs, bucket):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        found.append(
            resource(
                "aws:s3/bucket:Bucket",
                name,
                name,
                {"bucket": name, "tags": {"team": "blue"}},
                {"arn": f"arn:aws:s3:::{name}", "region": REGION, "tagsAll": {"team": "blue"}},
            )
        )
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]})
        block = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
        found.append(
            resource(
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                name,
                name,
                {"bucket": name, **{key[0].lower() + key[1:]: True for key in block}},
                {},
            )
        )
        s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
        found.append(
            resource(
                "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
                name,
                name,
                {"bucket": name, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
                {},
            )
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        found.append(
            resource(
                "aws:s3/bucketVersioningV2:BucketVersioningV2",
                name,
                name,
                {"bucket": name, "versioningConfiguration": {"status": "Enabled"}},
                {},
            )
        )
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(fence(name)))
        found.append(
            resource(
                "aws:s3/bucketPolicy:BucketPolicy",
                name,
                name,
                {"bucket": name, "policy": json.dumps(fence(name))},
                {},
            )
        )
    made = kms.create_key(Description="made")["KeyMetadata"]
    kms.enable_key_rotation(KeyId=made["KeyId"])
    key_policy = kms.get_key_policy(KeyId=made["KeyId"], PolicyName="default")["Policy"]
    found.append(
        resource(
            "aws:kms/key:Key",
            "key",
            made["KeyId"],
            {"enableKeyRotation": True, "policy": key_policy},
            {"arn": made["Arn"], "region": REGION},
        )
    )
    rule = {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": made["Arn"]},
        "bucketKeyEnabled": True,
    }
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": made["Arn"],
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    found.append(
        resource(
            "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
            bucket,
            bucket,
            {"bucket": bucket, "rules": [rule]},
            {},
        )
    )
    s3.put_bucket_logging(
        Bucket=bucket,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "access/"}},
    )
    found.append(
        resource(
            "aws:s3/bucketLoggingV2:BucketLoggingV2",
            bucket,
            bucket,
            {"bucket": bucket, "targetBucket": logs, "targetPrefix": "access/"},
            {},
        )
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=logs,
        LifecycleConfiguration={
            "Rules": [
                {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}
            ]
        },
    )
    found.append(
        resource(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            logs,
            logs,
            {
                "bucket": logs,
                "rules": [
                    {"id": "old", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 365}}
                ],
            },
            {},
        )
    )
    born = iam.create_user(UserName=user, Tags=[{"Key": "team", "Value": "blue"}])["User"]
    found.append(
        resource(
            "aws:iam/user:User", user, user, {"name": user, "tags": {"team": "blue"}}, {"arn": born["Arn"]}
        )
    )
    key = iam.create_access_key(UserName=user)["AccessKey"]
    found.append(
        resource(
            "aws:iam/accessKey:AccessKey",
            "key",
            key["AccessKeyId"],
            {"user": user},
            {
                "status": "Active",
                "secret": {
                    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                    "plaintext": json.dumps(key["SecretAccessKey"]),
                },
            },
        )
    )
    arn = iam.create_policy(PolicyName=user, PolicyDocument=json.dumps(reader(bucket)))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=user, PolicyArn=arn)
    found.append(
        resource(
            "aws:iam/policy:Policy",
            user,
            arn,
            {"name": user, "policy": json.dumps(reader(bucket))},
            {"arn": arn},
        )
    )
    found.append(
        resource(
            "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            user,
            f"{user}-1",
            {"user": user, "policyArn": arn},
            {},
        )
    )
    document = {"version": 3, "deployment": {"resources": found}}
    return World(
        bucket,
        logs,
        user,
        key["AccessKeyId"],
        arn,
        made["Arn"],
        document,
        parse_state(document),
        clients,
        pool,
    )
