"""bucket-blocks-public-access: all four public-access blocks are on for every bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..declared import kinds
from ..declared.deployment import Bucket
from ..declared.values import UNKNOWN, Properties, Unknown, Value, blocks
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule
from ..judging.single import more_than_one

__all__ = ["BLOCKS", "judge"]

BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule(
    id="bucket-blocks-public-access",
    severity="high",
    description="Every bucket has all four public-access blocks on.",
    remedy="declare a BucketPublicAccessBlock for this bucket with all four settings true",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        if bucket.resource is None and not bucket.attached(kinds.PUBLIC_ACCESS_BLOCK):
            continue
        declared = list(_declared(bucket))
        if not declared:
            yield broken(bucket.urn, f"bucket {bucket.label}", "no public-access block is declared", REMEDY)
        yield from more_than_one(
            bucket, kinds.PUBLIC_ACCESS_BLOCK, "public-access block", "publicAccessBlockConfiguration"
        )
        for urn, settings in declared:
            for name in BLOCKS:
                problem = _problem(settings, name)
                if problem:
                    yield broken(urn, f"bucket {bucket.label}", f"`{name}` {problem}", f"set `{name}: true`")


def _declared(bucket: Bucket) -> Iterator[tuple[str, Properties | None]]:
    for part in bucket.attached(kinds.PUBLIC_ACCESS_BLOCK):
        yield part.urn, part.declared
    inline = bucket.inline("publicAccessBlockConfiguration")
    if inline is not None:
        for block in blocks(inline):
            yield bucket.urn, None if isinstance(block, Unknown) else block


def _problem(settings: Properties | None, name: str) -> str:
    value: Value = UNKNOWN if settings is None else settings.get(name, False)
    if value is True:
        return ""
    return "is not known during preview" if value is UNKNOWN else "is off"
