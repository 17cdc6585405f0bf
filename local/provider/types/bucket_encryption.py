"""aws.s3.BucketServerSideEncryptionConfiguration."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, flag, table, text, unordered
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

BY_DEFAULT = block(
    {
        "sseAlgorithm": text(required=True, aws="SSEAlgorithm"),
        "kmsMasterKeyId": text(aws="KMSMasterKeyID"),
    }
)
RULE = block(
    {
        "applyServerSideEncryptionByDefault": BY_DEFAULT,
        "blockedEncryptionTypes": unordered(text(), computed=True),
        "bucketKeyEnabled": flag(),
    }
)


class BucketEncryption(BucketPart):
    """How a bucket encrypts what comes without a wish of its own, and which wishes it refuses."""

    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",)
    title = "S3 Bucket Server-side Encryption Configuration"
    put, get = "put_bucket_encryption", "get_bucket_encryption"
    remove, body = "delete_bucket_encryption", "ServerSideEncryptionConfiguration"
    absent = frozenset({"ServerSideEncryptionConfigurationNotFoundError"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "rules": unordered(RULE, required=True),
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return {"Rules": [rule_to_aws(rule) for rule in inputs["rules"]]}

    def from_body(self, answer: Props) -> Props | None:
        rules = [rule_from_aws(rule) for rule in answer[self.body]["Rules"]]
        return {"rules": rules} if rules else None


def rule_to_aws(rule: Props) -> Props:
    """One rule as S3 takes it."""
    body: Props = RULE.to_aws(rule)
    blocked = body.pop("BlockedEncryptionTypes", None)
    return {**body, "BlockedEncryptionTypes": {"EncryptionType": blocked}} if blocked else body


def rule_from_aws(rule: Props) -> Props:
    """One rule as S3 gave it."""
    blocked = (rule.get("BlockedEncryptionTypes") or {}).get("EncryptionType")
    rest = {key: value for key, value in rule.items() if key != "BlockedEncryptionTypes"}
    found: Props = RULE.from_aws(rest)
    return {**found, "blockedEncryptionTypes": list(blocked)} if blocked else found
