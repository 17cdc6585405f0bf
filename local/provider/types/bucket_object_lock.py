"""aws.s3.BucketObjectLockConfiguration."""

from __future__ import annotations

from typing import Any

from local.provider.properties import REGION, block, table, text, whole
from local.provider.types.bucket_part import BucketPart
from local.provider.values import Props

FORM = block(
    {
        "objectLockEnabled": text(default="Enabled", replaces=True),
        "rule": block(
            {"defaultRetention": block({"days": whole(), "mode": text(), "years": whole()}, required=True)}
        ),
    }
)


class BucketObjectLock(BucketPart):
    """How long the versions of a bucket's objects cannot be deleted."""

    token = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"  # noqa: S105
    aliases = ("aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",)
    title = "S3 Bucket Object Lock Configuration"
    put, get, body = (
        "put_object_lock_configuration",
        "get_object_lock_configuration",
        "ObjectLockConfiguration",
    )
    absent = frozenset({"ObjectLockConfigurationNotFoundError"})
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            **FORM.fields,
            "expectedBucketOwner": text(replaces=True, kept=True),
            "region": REGION,
            "token": text(kept=True),
        }
    )

    def arguments(self, inputs: Props) -> Props:
        token = {"Token": inputs["token"]} if inputs.get("token") else {}
        return {self.body: FORM.to_aws(inputs), **token}

    def from_body(self, answer: Props) -> Props | None:
        found = answer.get(self.body)
        return dict(FORM.from_aws(found)) if found else None

    def clear(self, s3: Any, bucket: str, state: Props) -> None:
        """Take the default retention away; the lock itself stays with the bucket."""
        enabled = {"ObjectLockEnabled": state.get("objectLockEnabled") or "Enabled"}
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=enabled)
