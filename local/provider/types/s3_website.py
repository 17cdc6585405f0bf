"""Where S3 serves the buckets of a region as websites."""

from __future__ import annotations

DASHED = frozenset(
    {
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
    }
)
"""The regions whose website endpoints are spelled with a dash ("Amazon S3 endpoints and quotas")."""


def website_domain(region: str, suffix: str) -> str:
    """The domain below which every bucket of the region has its website."""
    return f"s3-website{'-' if region in DASHED else '.'}{region}.{suffix}"
