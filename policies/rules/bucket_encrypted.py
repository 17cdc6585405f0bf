"""bucket-encrypted: every bucket declares its default encryption and does not invite customer-provided
keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..declared import kinds
from ..declared.deployment import Bucket
from ..declared.values import UNKNOWN, Properties, Unknown, Value, blocks, unknown_within
from ..judging.context import Context
from ..judging.rule import Rule, Violation, broken
from ..judging.single import more_than_one

# The block's name in Bucket and its sidecar, in BucketV2, and in aws-native.
DEFAULTS: Final = (
    "applyServerSideEncryptionByDefault",
    "applyServerSideEncryptionByDefaults",
    "serverSideEncryptionByDefault",
)
BLOCK: Final = "set `blockedEncryptionTypes: [SSE-C]`"
# The argument's name in Bucket, in BucketV2, and in aws-native.
INLINE: Final = (
    "serverSideEncryptionConfiguration",
    "serverSideEncryptionConfigurations",
    "bucketEncryption",
)
ALGORITHMS: Final = ("AES256", "aws:kms", "aws:kms:dsse")


def _judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        rules = list(encryption_rules(bucket))
        if bucket.resource is not None and not rules:
            yield broken(
                bucket.urn, f"bucket {bucket.label}", "no default encryption is declared", RULE.remedy
            )
        yield from more_than_one(bucket, kinds.ENCRYPTION, "default encryption", *INLINE)
        for urn, rule in rules:
            for reason, fix in _problems(rule):
                yield broken(urn, f"bucket {bucket.label}", reason, fix)


def encryption_rules(bucket: Bucket) -> Iterator[tuple[str, Properties | Unknown]]:
    """The encryption rules declared for the bucket, each with the URN that declares it."""
    for sidecar in bucket.attached(kinds.ENCRYPTION):
        for rule in blocks(sidecar.value("rules")):
            yield sidecar.urn, rule
    for block in blocks(bucket.inline(*INLINE)):
        if isinstance(block, Unknown):
            yield bucket.urn, UNKNOWN
            continue
        for rule in blocks(
            block.get("rule", block.get("rules", block.get("serverSideEncryptionConfiguration")))
        ):
            yield bucket.urn, rule


def algorithm(rule: Properties | Unknown) -> Value:
    """The default algorithm that an encryption rule sets, `UNKNOWN`, or None where it sets none."""
    if isinstance(rule, Unknown):
        return UNKNOWN
    for name in DEFAULTS:
        for block in blocks(rule.get(name)):
            return UNKNOWN if isinstance(block, Unknown) else block.get("sseAlgorithm")
    return None


def _problems(rule: Properties | Unknown) -> Iterator[tuple[str, str]]:
    chosen = algorithm(rule)
    if chosen is UNKNOWN:
        yield "its default encryption is not known during preview", RULE.remedy
    elif chosen is None:
        yield "an encryption rule sets no default algorithm", RULE.remedy
    elif chosen not in ALGORITHMS:
        yield f"its default encryption is `{chosen}`, which S3 does not have", RULE.remedy
    if isinstance(rule, Unknown):
        return
    blocked = rule.get("blockedEncryptionTypes")
    if isinstance(blocked, dict):
        blocked = blocked.get("encryptionType")
    if unknown_within(blocked):
        yield "its `blockedEncryptionTypes` are not known during preview", BLOCK
    elif isinstance(blocked, list) and "NONE" in blocked:
        yield (
            "`blockedEncryptionTypes` is `NONE`, so objects can be written under keys that only the "
            "writer has",
            BLOCK,
        )


RULE: Final = Rule(
    id="bucket-encrypted",
    severity="high",
    description="Every bucket declares its default encryption, and customer-provided keys are not let in.",
    remedy="declare a BucketServerSideEncryptionConfiguration with `sseAlgorithm: AES256` or `aws:kms`",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html",
    judge=_judge,
)
