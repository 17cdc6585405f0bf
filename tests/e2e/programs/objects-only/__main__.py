"""A Deny that names the objects and forgets the bucket: everybody may still list it."""

import pulumi_aws as aws

NAME = "acme-objects-only"

document = aws.iam.get_policy_document(
    statements=[
        {
            "sid": "IPAllow",
            "effect": "Deny",
            "principals": [{"type": "*", "identifiers": ["*"]}],
            "actions": ["s3:*"],
            "resources": [f"arn:aws:s3:::{NAME}/*"],
            "conditions": [
                {
                    "test": "NotIpAddress",
                    "variable": "aws:SourceIp",
                    "values": ["203.0.113.0/24", "2001:db8:1234::/48"],
                }
            ],
        }
    ]
)
bucket = aws.s3.Bucket("data", bucket=NAME)
aws.s3.BucketPolicy("data", bucket=bucket.bucket, policy=document.json)
