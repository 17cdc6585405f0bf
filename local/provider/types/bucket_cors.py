"""aws.s3.BucketCorsConfiguration."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, table, text, unordered, whole
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

RULE = block(
    {
        "allowedMethods": unordered(text(), required=True),
        "allowedOrigins": unordered(text(), required=True),
        "allowedHeaders": unordered(text()),
        "exposeHeaders": unordered(text()),
        "id": text(aws="ID"),
        "maxAgeSeconds": whole(),
    }
)


class BucketCors(BucketPart):
    """Which web pages may ask a browser for the bucket's objects."""

    token = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2",)
    title = "S3 Bucket CORS Configuration"
    put, get, remove, body = "put_bucket_cors", "get_bucket_cors", "delete_bucket_cors", "CORSConfiguration"
    absent = frozenset({"NoSuchCORSConfiguration"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "corsRules": unordered(RULE, required=True),
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return {"CORSRules": [RULE.to_aws(rule) for rule in inputs["corsRules"]]}

    def from_body(self, answer: Props) -> Props:
        return {"corsRules": [RULE.from_aws(rule) for rule in answer["CORSRules"]]}
