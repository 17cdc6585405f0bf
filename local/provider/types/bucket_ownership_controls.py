"""aws.s3.BucketOwnershipControls."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, table, text
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props


class BucketOwnershipControls(BucketPart):
    """Who owns the objects: with BucketOwnerEnforced, ACLs are off."""

    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"  # noqa: S105
    title = "S3 Bucket Ownership Controls"
    put, get = "put_bucket_ownership_controls", "get_bucket_ownership_controls"
    remove, body = "delete_bucket_ownership_controls", "OwnershipControls"
    absent = frozenset({"OwnershipControlsNotFoundError"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "rule": block({"objectOwnership": text(required=True)}, required=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return {"Rules": [{"ObjectOwnership": inputs["rule"]["objectOwnership"]}]}

    def from_body(self, answer: Props) -> Props | None:
        rules = answer[self.body]["Rules"]
        return {"rule": {"objectOwnership": rules[0]["ObjectOwnership"]}} if rules else None
