"""Stacks other than our own, on the embedded AWS: parts of what others declare, buckets declared alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from local.stand import Stand
from s3_perimeter.drift.check import Options, check
from s3_perimeter.drift.findings import Report
from s3_perimeter.stack.state import parse_state
from tests.conftest import Aws
from tests.e2e.drift.world import REGION, clients_of

pytestmark = pytest.mark.e2e

Checked = Callable[..., Report]


@pytest.fixture
def bucket(aws: Aws) -> Iterator[str]:
    """A new bucket that no stack declares."""
    name = f"elsewhere-{uuid4().hex[:8]}"
    s3 = aws("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield name
    s3.delete_bucket_policy(Bucket=name)
    s3.delete_bucket(Bucket=name)


@pytest.fixture
def checked(stand: Stand) -> Iterator[Checked]:
    """Check a state of these resources: (type, id, inputs) each."""
    from concurrent.futures import ThreadPoolExecutor

    clients = clients_of(stand, stand.record.admin)
    with ThreadPoolExecutor(8) as pool:

        def run(*resources: tuple[str, str, dict[str, Any]], **options: Any) -> Report:
            listed = [
                {
                    "urn": f"urn:pulumi:dev::p::{kind}::{number}",
                    "type": kind,
                    "custom": True,
                    "id": identity,
                    "inputs": inputs,
                    "outputs": inputs,
                }
                for number, (kind, identity, inputs) in enumerate(resources)
            ]
            state = parse_state({"version": 3, "deployment": {"resources": listed}})
            return check(state, clients, pool, Options(**options), region=REGION)

        yield run


def fence(bucket: str, **statement: Any) -> str:
    """A policy that denies what comes from elsewhere, or whatever else is given."""
    denied: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [{**denied, **statement}]})


def said(report: Report) -> list[tuple[str, str, str]]:
    """Control, severity and kind of each finding."""
    return [(f.control, f.severity.value, f.kind.value) for f in report.findings]


def test_the_fence_on_a_bucket_that_is_only_looked_up(aws: Aws, bucket: str, checked: Checked) -> None:
    s3 = aws("s3")
    on = dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    stack = (
        ("aws:s3/bucketPolicy:BucketPolicy", bucket, {"bucket": bucket, "policy": fence(bucket)}),
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket, {"bucket": bucket, **on}),
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=fence(bucket))
    assert checked(*stack).status == "in-sync"
    s3.delete_bucket_policy(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    assert said(checked(*stack)) == [
        ("bucket-policy", "critical", "missing"),
        ("bucket-public-access-block", "critical", "missing"),
    ]


def test_a_bucket_of_the_other_provider(aws: Aws, bucket: str, checked: Checked) -> None:
    s3 = aws("s3")
    stack = (
        ("aws-native:s3:Bucket", bucket, {"bucketName": bucket}),
        (
            "aws-native:s3:BucketPolicy",
            bucket,
            {"bucket": bucket, "policyDocument": json.loads(fence(bucket))},
        ),
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=fence(bucket))
    assert checked(*stack).status == "in-sync"
    s3.put_bucket_policy(
        Bucket=bucket, Policy=fence(bucket, Action="s3:PutObject", Resource=f"arn:aws:s3:::{bucket}/*")
    )
    assert said(checked(*stack)) == [("bucket-policy", "critical", "changed")]


def test_parts_of_a_user_who_is_declared_elsewhere(aws: Aws, checked: Checked) -> None:
    iam = aws("iam")
    name = f"eve-{uuid4().hex[:8]}"
    document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
        }
    )
    iam.create_user(UserName=name, Tags=[{"Key": "of", "Value": "another stack"}])
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    iam.create_login_profile(UserName=name, Password="Corr3ct-horse-battery")
    stack = (
        (
            "aws:iam/userPolicy:UserPolicy",
            f"{name}:inline",
            {"user": name, "name": "inline", "policy": document},
        ),
        ("aws:iam/accessKey:AccessKey", key, {"user": name, "status": "Active"}),
        ("aws:iam/userLoginProfile:UserLoginProfile", name, {"user": name}),
    )
    try:
        clean = checked(*stack)
        iam.put_user_policy(
            UserName=name, PolicyName="inline", PolicyDocument=document.replace("GetObject", "*")
        )
        iam.delete_login_profile(UserName=name)
        changed = checked(*stack)
    finally:
        iam.delete_access_key(UserName=name, AccessKeyId=key)
        iam.delete_user_policy(UserName=name, PolicyName="inline")
        iam.delete_user(UserName=name)
    assert said(clean) == []
    assert said(changed) == [
        ("user-inline-policies", "critical", "changed"),
        ("user-console-password", "low", "missing"),
    ]


def test_where_a_program_is_silent_awss_default_counts(aws: Aws, bucket: str, checked: Checked) -> None:
    s3 = aws("s3")
    stack = ("aws:s3/bucket:Bucket", bucket, {"bucket": bucket, "acl": "private", "forceDestroy": False})
    assert said(checked(stack)) == []
    key = f"arn:aws:kms:{REGION}:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    assert said(checked(stack)) == [
        ("bucket-encryption", "high", "unmanaged"),
        ("bucket-ownership", "high", "changed"),
        ("bucket-public-access-block", "high", "missing"),
    ]


def test_a_bucket_key_means_nothing_without_kms(aws: Aws, bucket: str, checked: Checked) -> None:
    default = {"sseAlgorithm": "AES256"}
    stack = (
        ("aws:s3/bucket:Bucket", bucket, {"bucket": bucket}),
        (
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            bucket,
            {"bucket": bucket, "rules": [{"applyServerSideEncryptionByDefault": default}]},
        ),
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    aws("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert said(checked(*stack)) == []


def test_the_unique_id_of_a_role_is_the_role_while_it_exists(aws: Aws, bucket: str, checked: Checked) -> None:
    """And of a role that is gone it opens nothing."""
    iam, s3, name = aws("iam"), aws("s3"), f"reader-{uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    reads = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {},
    }
    stack = (
        ("aws:s3/bucket:Bucket", bucket, {"bucket": bucket}),
        (
            "aws:s3/bucketPolicy:BucketPolicy",
            bucket,
            {"bucket": bucket, "policy": fence(bucket, **reads, Principal={"AWS": role["Arn"]})},
        ),
    )
    try:
        s3.put_bucket_policy(Bucket=bucket, Policy=fence(bucket, **reads, Principal={"AWS": role["RoleId"]}))
        there = checked(*stack)
    finally:
        iam.delete_role(RoleName=name)
    gone = checked(*stack)
    assert said(there) == []
    assert said(gone) == [("bucket-policy", "medium", "changed")]
    assert "deleted, or another spelling" in gone.findings[0].detail


def test_a_declared_group_is_checked_for_its_policies_and_its_members(aws: Aws, checked: Checked) -> None:
    iam, name = aws("iam"), f"crew-{uuid4().hex[:8]}"
    arn = iam.create_group(GroupName=name)["Group"]["Arn"]
    iam.create_user(UserName=name)
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    stack = ("aws:iam/group:Group", name, {"name": name, "arn": arn})
    try:
        clean = checked(stack)
        iam.attach_group_policy(GroupName=name, PolicyArn=administrator)
        iam.add_user_to_group(GroupName=name, UserName=name)
        changed = checked(stack)
        iam.remove_user_from_group(GroupName=name, UserName=name)
        iam.detach_group_policy(GroupName=name, PolicyArn=administrator)
    finally:
        iam.delete_group(GroupName=name)
        iam.delete_user(UserName=name)
    assert said(clean) == []
    assert said(changed) == [
        ("group-attached-policies", "critical", "unmanaged"),
        ("group-members", "critical", "unmanaged"),
    ]


def test_an_unknown_access_key_is_one_message(stand: Stand, bucket: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    clients = clients_of(stand, {"key": "AKIAIOSFODNN7EXAMPLE", "secret": "wrong"})
    resource = {
        "urn": "urn:pulumi:dev::p::aws:s3/bucket:Bucket::b",
        "type": "aws:s3/bucket:Bucket",
        "id": bucket,
    }
    state = parse_state(
        {"version": 3, "deployment": {"resources": [{**resource, "inputs": {"bucket": bucket}}]}}
    )
    with ThreadPoolExecutor(4) as pool:
        report = check(state, clients, pool, region=REGION)
    assert report.findings == ()
    assert report.api_calls == 1
    assert "AWS does not know this access key (InvalidClientTokenId)" in (report.error or "")
