"""aws.s3.BucketAccelerateConfiguration and BucketRequestPaymentConfiguration: settings of one word."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, table, text
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props


class BucketAccelerate(BucketPart):
    """Whether the bucket can be reached through edge locations."""

    token = "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2",)
    title = "S3 Bucket Accelerate Configuration"
    put, get = "put_bucket_accelerate_configuration", "get_bucket_accelerate_configuration"
    body = "AccelerateConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "status": text(required=True),
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return {"Status": inputs["status"]}

    def from_body(self, answer: Props) -> Props | None:
        return {"status": answer["Status"]} if answer.get("Status") else None

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        """Suspend it; it cannot be taken away."""
        del state
        s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Suspended"})


class BucketRequestPayment(BucketPart):
    """Who pays for requests."""

    token = "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketRequestPaymentConfigurationV2:BucketRequestPaymentConfigurationV2",)
    title = "S3 Bucket Request Payment Configuration"
    put, get = "put_bucket_request_payment", "get_bucket_request_payment"
    body = "RequestPaymentConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "payer": text(required=True),
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return {"Payer": inputs["payer"]}

    def from_body(self, answer: Props) -> Props | None:
        return {"payer": answer["Payer"]} if answer.get("Payer") else None

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        """Give the bill back to the bucket's owner."""
        del state
        s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "BucketOwner"})
