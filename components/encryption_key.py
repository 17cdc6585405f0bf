"""EncryptionKey: the bucket's own KMS key, rotated every year and usable for this bucket only."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

__all__ = ["EncryptionKey", "key_policy"]

_WAITING_DAYS = 30
"""Days between the key's deletion and its end: as long as KMS allows, since the objects die with it."""


def key_policy(bucket_arn: str, *, account: str, region: str) -> str:
    """Return the key policy's JSON text.

    The account administers the key through IAM, as in KMS's default key policy. Everybody whom S3 gives
    access to this bucket may use the key, but only through S3 and only for this bucket: the ``aws/s3`` key
    works like this, narrowed by the encryption context. So the remote people's policies name only S3.
    """
    partition = bucket_arn.split(":")[1]
    statements = [
        {
            "Sid": "AdministeredByTheAccount",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "UsedThroughS3ForThisBucket",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": account},
                "StringLike": {
                    # The domain behind it is the partition's: amazonaws.com, amazonaws.com.cn and so on.
                    "kms:ViaService": f"s3.{region}.*",
                    # With a bucket key the context names the bucket, without one the object.
                    "kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"],
                },
            },
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


class EncryptionKey(pulumi.ComponentResource):
    """A customer-managed KMS key with yearly rotation, and an alias that people can read."""

    arn: pulumi.Output[str]
    """The key's ARN."""

    def __init__(
        self,
        name: str,
        *,
        bucket_name: str,
        policy: pulumi.Input[str],
        tags: Mapping[str, str],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("s3-perimeter:index:EncryptionKey", name, {}, opts)
        key = aws.kms.Key(
            name,
            description=f"Encrypts the S3 bucket {bucket_name}",
            enable_key_rotation=True,
            deletion_window_in_days=_WAITING_DAYS,
            policy=policy,
            tags=dict(tags),
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        aws.kms.Alias(
            name,
            # A dot is fine in a bucket's name and not in an alias.
            name=f"alias/{bucket_name.replace('.', '-')}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
