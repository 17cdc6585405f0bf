"""AccessLogBucket: where S3 writes who asked for what, fenced like the bucket whose requests it logs."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .safeguards import Safeguards

__all__ = ["AccessLogBucket"]

_UNFINISHED_DAYS = 7
"""Days after which an upload that nobody finished is removed."""


class AccessLogBucket(pulumi.ComponentResource):
    """A private bucket that takes server access logs and lets them expire.

    It is encrypted with SSE-S3, because S3 delivers server access logs to nothing else ("Enabling Amazon S3
    server access logging"), and it keeps no versions: nobody overwrites a log.
    """

    bucket: aws.s3.Bucket
    """The bucket itself."""

    ready: tuple[pulumi.Resource, ...]
    """What must exist before S3 is set to log here."""

    def __init__(
        self,
        name: str,
        *,
        bucket_name: str,
        policy: pulumi.Input[str],
        retention_days: int,
        tags: Mapping[str, str],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the bucket; ``policy`` exempts S3's log delivery from the allow-list, and nobody else."""
        super().__init__("s3-perimeter:index:AccessLogBucket", name, {}, opts)
        self.bucket = aws.s3.Bucket(
            name,
            bucket=bucket_name,
            tags=dict(tags),
            force_destroy=not protect,
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        safeguards = Safeguards.around(
            name, self.bucket, parent=self, policy=policy, key_arn=None, versioning=False
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.bucket,
            rules=[
                {
                    "id": "expire-access-logs",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": retention_days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": _UNFINISHED_DAYS},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, deleted_with=self.bucket),
        )
        self.ready = safeguards.all
        self.register_outputs({"bucket": self.bucket.bucket})
