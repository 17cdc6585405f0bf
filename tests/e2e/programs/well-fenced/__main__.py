"""A bucket fenced by hand, without this project's component: every rule holds."""

import json

import pulumi_aws as aws

NAME = "acme-well-fenced"
LOGS = f"{NAME}-logs"
ALLOWED = ["203.0.113.0/24", "2001:db8:1234::/48"]


def fence(name: str, *statements: object, services: list[str] | None = None) -> str:
    arns = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    outside: dict[str, object] = {"NotIpAddress": {"aws:SourceIp": ALLOWED}}
    if services:
        outside["StringNotEquals"] = {"aws:PrincipalServiceName": services}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": arns}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                *statements,
                {**deny, "Sid": "Outside", "Condition": outside},
                {**deny, "Sid": "Plain", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            ],
        }
    )


def private_bucket(label: str, name: str, policy: str) -> aws.s3.Bucket:
    bucket = aws.s3.Bucket(label, bucket=name)
    aws.s3.BucketPublicAccessBlock(
        label,
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.s3.BucketOwnershipControls(label, bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"})
    aws.s3.BucketServerSideEncryptionConfiguration(
        label,
        bucket=bucket.id,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
    )
    aws.s3.BucketPolicy(label, bucket=bucket.id, policy=policy)
    return bucket


deliver = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": f"arn:aws:s3:::{LOGS}/access/*",
    "Condition": {
        "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{NAME}"},
        "StringEquals": {"aws:SourceAccount": "111122223333"},
    },
}
logs = private_bucket("logs", LOGS, fence(LOGS, deliver, services=["logging.s3.amazonaws.com"]))
data = private_bucket("data", NAME, fence(NAME))
aws.s3.BucketLogging("data", bucket=data.id, target_bucket=logs.id, target_prefix="access/")
