"""aws.s3.BucketPolicy."""

from __future__ import annotations

from botocore.exceptions import ClientError

from local.provider.properties import REGION, document, table, text
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props


class BucketPolicy(BucketPart):
    """The bucket's policy document."""

    token = "aws:s3/bucketPolicy:BucketPolicy"  # noqa: S105  (a type token)
    title = "S3 Bucket Policy"
    put, get, remove = "put_bucket_policy", "get_bucket_policy", "delete_bucket_policy"
    absent = frozenset({"NoSuchBucketPolicy"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "policy": document(required=True),
            "region": REGION,
        }
    )

    def passing(self, error: BaseException) -> bool:
        """A principal that was just made is not known to S3 at once."""
        return super().passing(error) or (
            isinstance(error, ClientError) and "Invalid principal" in str(error)
        )

    def arguments(self, inputs: Props) -> Props:
        return {"Policy": inputs["policy"]}

    def from_body(self, answer: Props) -> Props:
        return {"policy": answer["Policy"]}
