"""aws.s3.BucketLogging."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, table, text, unordered
from local.provider.types.bucket_part import BucketPart, owner
from local.provider.values import Props

GRANTEE = block(
    {
        "type": text(required=True),
        "displayName": text(computed=True),
        "emailAddress": text(),
        "id": text(aws="ID"),
        "uri": text(aws="URI"),
    },
    required=True,
)
FORM = block(
    {
        "targetBucket": text(required=True),
        "targetPrefix": text(required=True),
        "targetGrants": unordered(block({"grantee": GRANTEE, "permission": text(required=True)})),
        "targetObjectKeyFormat": block(
            {
                "partitionedPrefix": block({"partitionDateSource": text(required=True)}),
                "simplePrefix": block({}),
            }
        ),
    }
)


class BucketLogging(BucketPart):
    """Where S3 writes the server access logs of a bucket."""

    token = "aws:s3/bucketLogging:BucketLogging"  # noqa: S105
    aliases = ("aws:s3/bucketLoggingV2:BucketLoggingV2",)
    title = "S3 Bucket Logging"
    put, get, body = "put_bucket_logging", "get_bucket_logging", "BucketLoggingStatus"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            **FORM.fields,
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Any:
        return {"LoggingEnabled": FORM.to_aws(inputs)}

    def from_body(self, answer: Props) -> Props | None:
        enabled = answer.get("LoggingEnabled")
        return {"targetPrefix": "", **FORM.from_aws(enabled)} if enabled else None

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        s3.put_bucket_logging(Bucket=bucket, **{self.body: {}}, **owner(state))
