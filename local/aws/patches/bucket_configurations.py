"""Inventory, analytics, metrics and intelligent-tiering configurations of a bucket: kept and given back.

ministack 1.5.33 routes none of them: it answers a GET with a listing of objects, and deletes the bucket for a
DELETE. AWS: S3 API Reference, "PutBucketInventoryConfiguration" and its siblings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer, S3Request, error, xml


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of configuration: its subresource, and the XML element of a listing of them."""

    subresource: str
    listing: str


KINDS = (
    Kind("inventory", "ListInventoryConfigurationsResult"),
    Kind("analytics", "ListBucketAnalyticsConfigurationResult"),
    Kind("metrics", "ListMetricsConfigurationsResult"),
    Kind("intelligent-tiering", "ListBucketIntelligentTieringConfigurationsOutput"),
)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")


class Configurations:
    """The configurations of every bucket, by kind and id."""

    def __init__(self, kept: Kept) -> None:
        self.buckets = kept.data.configurations

    def answer(self, request: S3Request) -> Answer | None:
        """Serve a request for one of the kinds; None for any other."""
        kind = next((each for each in KINDS if request.asks(each.subresource)), None)
        if kind is None:
            return None
        stored = self.buckets.setdefault(request.bucket, {}).setdefault(kind.subresource, {})
        name = request.value("id")
        if request.method == "PUT":
            stored[name] = DECLARATION.sub("", request.body.decode())
            return 200, {}, b""
        if request.method == "GET" and not name:
            items = "".join(stored[key] for key in sorted(stored))
            return xml(f"<{kind.listing}><IsTruncated>false</IsTruncated>{items}</{kind.listing}>")
        if name not in stored:
            return error("NoSuchConfiguration", "The specified configuration does not exist.", 404, request)
        if request.method == "DELETE":
            del stored[name]
            return 204, {}, b""
        return xml(stored[name])

    def forget(self, bucket: str) -> None:
        """Drop what a deleted bucket had."""
        self.buckets.pop(bucket, None)
