"""Everything in the bucket's own arguments, as programs of some years ago have it."""

import json

import pulumi_aws as aws

NAME = "acme-everything-inline"

logs = aws.s3.Bucket("logs", bucket=f"{NAME}-logs", acl="log-delivery-write")
bucket = aws.s3.Bucket(
    "data",
    bucket=NAME,
    acl="private",
    logging={"target_bucket": logs.id, "target_prefix": "log/"},
    server_side_encryption_configuration={
        "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    },
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:Get*",
                    "Resource": f"arn:aws:s3:::{NAME}/*",
                    "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
                }
            ],
        }
    ),
)
