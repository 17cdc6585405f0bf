"""The default encryption that a program declares for a bucket, in every form that it can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import kinds
from .deployment import Bucket
from .values import UNKNOWN, Properties, Unknown, Value, blocks

__all__ = ["INLINE", "algorithm", "encryption_rules"]

# The block's name in Bucket and its part, in BucketV2, and in aws-native.
DEFAULTS: Final = (
    "applyServerSideEncryptionByDefault",
    "applyServerSideEncryptionByDefaults",
    "serverSideEncryptionByDefault",
)
# The argument's name in Bucket, in BucketV2, and in aws-native.
INLINE: Final = (
    "serverSideEncryptionConfiguration",
    "serverSideEncryptionConfigurations",
    "bucketEncryption",
)


def encryption_rules(bucket: Bucket) -> Iterator[tuple[str, Properties | Unknown]]:
    """Yield the encryption rules declared for the bucket, each with the URN that declares it."""
    for part in bucket.attached(kinds.ENCRYPTION):
        for rule in blocks(part.value("rules")):
            yield part.urn, rule
    for block in blocks(bucket.inline(*INLINE)):
        if isinstance(block, Unknown):
            yield bucket.urn, UNKNOWN
            continue
        for rule in blocks(
            block.get("rule", block.get("rules", block.get("serverSideEncryptionConfiguration")))
        ):
            yield bucket.urn, rule


def algorithm(rule: Properties | Unknown) -> Value:
    """Return the default algorithm that an encryption rule sets, `UNKNOWN`, or None where it sets none."""
    if isinstance(rule, Unknown):
        return UNKNOWN
    for name in DEFAULTS:
        for block in blocks(rule.get(name)):
            return UNKNOWN if isinstance(block, Unknown) else block.get("sseAlgorithm")
    return None
