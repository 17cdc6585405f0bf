"""The mistake this project exists for: an Allow with IpAddress and no Deny. Other policies can still
allow.
"""

import json

import pulumi_aws as aws

NAME = "acme-allow-only"

bucket = aws.s3.Bucket("data", bucket=NAME)
aws.s3.BucketPolicy(
    "data",
    bucket=NAME,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OfficeOnly",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:ListBucket", "s3:GetObject"],
                    "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
                    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
                }
            ],
        }
    ),
)
