"""bucket-encrypted: every bucket declares its default encryption and blocks customer-provided keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..declared import kinds
from ..declared.encryption import INLINE, algorithm, encryption_rules
from ..declared.values import UNKNOWN, Properties, Unknown, unknown_within
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule
from ..judging.single import more_than_one

__all__ = ["judge"]

BLOCK: Final = "set `blockedEncryptionTypes: [SSE-C]`"
ALGORITHMS: Final = ("AES256", "aws:kms", "aws:kms:dsse")


@rule(
    id="bucket-encrypted",
    severity="high",
    description="Every bucket declares its default encryption, and blocks customer-provided keys.",
    remedy="declare a BucketServerSideEncryptionConfiguration with `sseAlgorithm: AES256` or `aws:kms`",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        rules = list(encryption_rules(bucket))
        if bucket.resource is not None and not rules:
            yield broken(bucket.urn, f"bucket {bucket.label}", "no default encryption is declared", REMEDY)
        yield from more_than_one(bucket, kinds.ENCRYPTION, "default encryption", *INLINE)
        for urn, declared in rules:
            for reason, fix in _problems(declared):
                yield broken(urn, f"bucket {bucket.label}", reason, fix)


def _problems(declared: Properties | Unknown) -> Iterator[tuple[str, str]]:
    chosen = algorithm(declared)
    if chosen is UNKNOWN:
        yield "its default encryption is not known during preview", REMEDY
    elif chosen is None:
        yield "an encryption rule sets no default algorithm", REMEDY
    elif chosen not in ALGORITHMS:
        yield f"its default encryption is `{chosen}`, which S3 does not have", REMEDY
    if isinstance(declared, Unknown):
        return
    blocked = declared.get("blockedEncryptionTypes")
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
