"""bucket-owner-enforced: every bucket declares BucketOwnerEnforced ownership, so that ACLs have no effect."""

from __future__ import annotations

from collections.abc import Iterator

from ..declared import kinds
from ..declared.deployment import Bucket
from ..declared.values import UNKNOWN, Unknown, Value, blocks
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule
from ..judging.single import more_than_one

__all__ = ["judge"]


@rule(
    id="bucket-owner-enforced",
    severity="medium",
    description="Every bucket declares BucketOwnerEnforced object ownership.",
    remedy="declare BucketOwnershipControls for this bucket with `objectOwnership: BucketOwnerEnforced`",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for bucket in context.deployment.buckets:
        if bucket.resource is None and not bucket.attached(kinds.OWNERSHIP):
            continue
        declared = list(_declared(bucket))
        if not declared:
            yield broken(bucket.urn, f"bucket {bucket.label}", "no object ownership is declared", REMEDY)
        yield from more_than_one(bucket, kinds.OWNERSHIP, "object ownership", "ownershipControls")
        for urn, ownership in declared:
            if ownership == "BucketOwnerEnforced":
                continue
            reason = (
                "its object ownership is not known during preview"
                if ownership is UNKNOWN
                else f"its object ownership is `{ownership}`, with which ACLs have an effect"
            )
            yield broken(urn, f"bucket {bucket.label}", reason, REMEDY)


def _declared(bucket: Bucket) -> Iterator[tuple[str, Value]]:
    for part in bucket.attached(kinds.OWNERSHIP):
        for block in blocks(part.value("rule")):
            yield part.urn, UNKNOWN if isinstance(block, Unknown) else block.get("objectOwnership")
    for block in blocks(bucket.inline("ownershipControls")):
        for each in [UNKNOWN] if isinstance(block, Unknown) else blocks(block.get("rules")):
            yield bucket.urn, UNKNOWN if isinstance(each, Unknown) else each.get("objectOwnership")
