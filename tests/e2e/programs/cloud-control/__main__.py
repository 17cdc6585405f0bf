"""A bucket of the aws-native provider, whose policy is an object and denies by VPC endpoint alone.

Registered by type token, without that provider's SDK: the pack is shown the same type and inputs.
"""

import pulumi

NAME = "acme-cloud-control"


class Declared(pulumi.Resource):
    """A resource that the attached provider only previews."""

    def __init__(self, token: str, name: str, properties: dict[str, object]) -> None:
        super().__init__(token, name, True, properties)


blocked = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": False,
}
Declared("aws-native:s3:Bucket", "data", {"bucketName": NAME, "publicAccessBlockConfiguration": blocked})
Declared(
    "aws-native:s3:BucketPolicy",
    "data",
    {
        "bucket": NAME,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
                    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}},
                }
            ],
        },
    },
)
