"""aws.s3.BucketPublicAccessBlock."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, flag, table, text
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

BLOCKS = {
    "blockPublicAcls": flag(default=False),
    "blockPublicPolicy": flag(default=False),
    "ignorePublicAcls": flag(default=False),
    "restrictPublicBuckets": flag(default=False),
}
FORM = block(BLOCKS)


class BucketPublicAccessBlock(BucketPart):
    """The four public-access blocks of a bucket."""

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"  # noqa: S105
    title = "S3 Bucket Public Access Block"
    put, get = "put_public_access_block", "get_public_access_block"
    remove, body = "delete_public_access_block", "PublicAccessBlockConfiguration"
    absent = frozenset({"NoSuchPublicAccessBlockConfiguration"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            **BLOCKS,
            "region": REGION,
            "skipDestroy": flag(kept=True),
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return FORM.to_aws(inputs)

    def from_body(self, answer: Props) -> Props:
        return dict(FORM.from_aws(answer[self.body]))

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        if not state.get("skipDestroy"):
            super().clear(s3, bucket, state)
