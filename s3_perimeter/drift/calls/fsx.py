"""Questions about the file systems and caches of Amazon FSx that copy objects of buckets."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.subjects import Bucket

__all__ = ["associations", "file_systems"]


def associations(bucket: Bucket) -> Call:
    """Return the question for every link of a file system or cache to a bucket, in the bucket's region and
    account.
    """
    return _ask(bucket, "describe_data_repository_associations", "DescribeDataRepositoryAssociations")


def file_systems(bucket: Bucket) -> Call:
    """Return the question for every file system; those of older Lustre deployment types name their bucket
    themselves.
    """
    return _ask(bucket, "describe_file_systems", "DescribeFileSystems")


def _ask(bucket: Bucket, operation: str, action: str) -> Call:
    return Call(service="fsx", operation=operation, action=f"fsx:{action}", region=bucket.region)
