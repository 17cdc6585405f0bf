"""Fixtures for tests of the embedded AWS."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.conftest import Aws
from tests.local.asking import LOCATION, fence


@pytest.fixture
def new_bucket(aws: Aws) -> Iterator[str]:
    """An empty bucket without a policy; deleted with everything that a test left in it."""
    name = f"stand-{uuid.uuid4().hex[:12]}"
    s3 = aws("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=LOCATION)
    yield name
    aws("s3", "root", aws_access_key_id="test", aws_secret_access_key="test").delete_bucket_policy(
        Bucket=name
    )
    for item in s3.list_objects_v2(Bucket=name).get("Contents", []):
        s3.delete_object(Bucket=name, Key=item["Key"])
    s3.delete_bucket(Bucket=name)


@pytest.fixture
def bucket(aws: Aws, new_bucket: str) -> str:
    """A fenced bucket with one object in it."""
    s3 = aws("s3")
    s3.put_object(Bucket=new_bucket, Key="notes.txt", Body=b"hello")
    s3.put_bucket_policy(Bucket=new_bucket, Policy=fence(new_bucket))
    return new_bucket


@pytest.fixture
def user(aws: Aws) -> Iterator[dict[str, str]]:
    """A user with every permission in S3 and one access key; gives name, key and secret."""
    iam, name = aws("iam"), f"user-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    policy = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    yield {"name": name, "key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    for each in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=each["AccessKeyId"])
    iam.delete_user_policy(UserName=name, PolicyName="all")
    iam.delete_user(UserName=name)
