"""The question about places that AWS DataSync copies from and to."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.subjects import Bucket

__all__ = ["locations"]


def locations(bucket: Bucket) -> Call:
    """Return the question for every DataSync location in the bucket's region and account."""
    return Call(
        service="datasync", operation="list_locations", action="datasync:ListLocations", region=bucket.region
    )
