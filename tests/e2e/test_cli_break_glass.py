"""A break-glass principal gets in from outside, and nobody else does."""

from __future__ import annotations

import json

import pytest

from s3_perimeter import AddressSet, Perimeter, bucket_policy
from tests.conftest import Aws
from tests.e2e.fenced import NETWORKS

pytestmark = pytest.mark.e2e


def test_only_the_break_glass_principal_passes_a_fence_that_locks_everybody_out(aws: Aws) -> None:
    """From a foreign address it lists the bucket and fixes the policy; an administrator there does
    neither.
    """
    bucket, iam = "break-glass-e2e-bucket", aws("iam")
    aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    user = iam.create_user(UserName="break-glass")["User"]
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_user_policy(UserName="break-glass", PolicyName="s3", PolicyDocument=document)
    key = iam.create_access_key(UserName="break-glass")["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    wrong = Perimeter(bucket=bucket, allowed=AddressSet.parse(["192.0.2.1/32"]), break_glass=(user["Arn"],))
    aws("s3").put_bucket_policy(Bucket=bucket, Policy=bucket_policy(wrong))
    locked_out = aws("s3")
    for request in (locked_out.list_objects_v2, locked_out.get_bucket_policy):
        with pytest.raises(locked_out.exceptions.ClientError, match="AccessDenied"):
            request(Bucket=bucket)
    way_in = aws("s3", "outside", **keys)
    assert way_in.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    right = Perimeter(bucket=bucket, allowed=AddressSet.parse(NETWORKS), break_glass=(user["Arn"],))
    way_in.put_bucket_policy(Bucket=bucket, Policy=bucket_policy(right))
    assert locked_out.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    outsider = aws("s3", "outside")
    with pytest.raises(outsider.exceptions.ClientError, match="AccessDenied"):
        outsider.list_objects_v2(Bucket=bucket)
