"""A Deny that steps aside whenever an AWS service makes the call: a caller outside may use a service to
get in.
"""

import json

import pulumi_aws as aws

NAME = "acme-services-let-in"

bucket = aws.s3.Bucket("data", bucket=NAME)
aws.s3.BucketPolicy(
    "data",
    bucket=bucket.id,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "DenyOutside",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "*",
                "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
                "Condition": {
                    "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]},
                    "Bool": {"aws:ViaAWSService": "false"},
                },
            },
        }
    ),
)
