"""A Deny that leaves the administrators out: their stolen key works from anywhere."""

import json

import pulumi_aws as aws

NAME = "acme-admins-everywhere"

bucket = aws.s3.Bucket("data", bucket=NAME)
aws.s3.BucketPolicy(
    "data",
    bucket=NAME,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
                    "Condition": {
                        "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]},
                        "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/Admin*"},
                    },
                }
            ],
        }
    ),
)
