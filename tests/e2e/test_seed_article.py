"""The reason the project exists: an Allow for the right addresses keeps nobody out."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, OUTSIDE, PACK, credentials, program_stack

pytestmark = pytest.mark.e2e

ARTICLE = '''"""The seed article's first try: an Allow with IpAddress, and a user with an IAM policy."""

import json

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("article", bucket="seed-article-bucket", force_destroy=True)
aws.s3.BucketPolicy(
    "article",
    bucket=bucket.bucket,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": ["arn:aws:s3:::seed-article-bucket", "arn:aws:s3:::seed-article-bucket/*"],
                    "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
                }
            ],
        }
    ),
)
policy = aws.iam.Policy(
    "article",
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["s3:ListBucket", "s3:GetObject", "s3:PutObject"],
                    "Resource": ["arn:aws:s3:::seed-article-bucket", "arn:aws:s3:::seed-article-bucket/*"],
                }
            ],
        }
    ),
)
user = aws.iam.User("article")
aws.iam.UserPolicyAttachment("article", user=user.name, policy_arn=policy.arn)
key = aws.iam.AccessKey("article", user=user.name)
pulumi.export("accessKeyIds", {"remote-user": {"a": key.id}})
pulumi.export("secretAccessKeys", {"remote-user": {"a": key.secret}})
'''


def test_an_allow_for_the_right_addresses_lets_the_outsider_in_and_the_pack_refuses_it(
    stand: Stand, tmp_path: Path
) -> None:
    """Around the pack, the user's own IAM policy allows them from anywhere; with it, it is refused."""
    stack = program_stack(stand, tmp_path, "article", ARTICLE)
    refused = stack("preview", *PACK, expect=None)
    assert refused.code != 0
    assert "bucket-policy-denies-outside" in refused.text
    assert "seed-article-bucket" in refused.text

    stack.up()
    key = credentials(stack.outputs())
    aws = Aws(stand)
    for address in (*INSIDE, *OUTSIDE):
        s3 = aws("s3", stand.vantage(address), **key)
        s3.put_object(Bucket="seed-article-bucket", Key=address, Body=b"allowed")
        assert s3.list_objects_v2(Bucket="seed-article-bucket")["KeyCount"] > 0
    stack("destroy", "--yes", "--skip-preview")
    with pytest.raises(ClientError):
        aws("s3").head_bucket(Bucket="seed-article-bucket")
