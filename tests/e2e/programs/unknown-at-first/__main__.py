"""A policy made from the bucket's own outputs: right when it is there, unknown before the first
deployment.
"""

import json

import pulumi_aws as aws

bucket = aws.s3.Bucket("data")


def deny_outside(arn: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, f"{arn}/*"],
                    "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]}},
                }
            ],
        }
    )


aws.s3.BucketPolicy("data", bucket=bucket.id, policy=bucket.arn.apply(deny_outside))
