"""The question about file systems over a bucket (Amazon S3 Files)."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.subjects import Bucket

__all__ = ["file_systems"]


def file_systems(bucket: Bucket) -> Call:
    """Return the question for the file systems whose files are the bucket's objects."""
    return Call(
        service="s3files",
        operation="list_file_systems",
        params=(("bucket", bucket.arn),),
        action="s3files:ListFileSystems",
        region=bucket.region,
    )
