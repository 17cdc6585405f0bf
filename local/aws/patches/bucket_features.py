"""Attribute-based access and S3 Metadata of a bucket: kept and given back.

ministack 1.5.33 has neither and answers as for an unknown subresource. AWS: "GetBucketAbac",
"GetBucketMetadataConfiguration", Amazon S3 API Reference.
"""

from __future__ import annotations

from ministack.core import iam_actions

from local.aws.patches.bucket_settings import text_of
from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer, S3Request, error, xml

ABAC = "abac"
METADATA, OLDER_METADATA = "metadataConfiguration", "metadataTable"
ACTIONS = {
    ABAC: {"GET": "GetBucketAbac", "PUT": "PutBucketAbac"},
    **{
        name: {
            "GET": "GetBucketMetadataTableConfiguration",
            "POST": "CreateBucketMetadataTableConfiguration",
            "DELETE": "DeleteBucketMetadataTableConfiguration",
        }
        for name in (METADATA, OLDER_METADATA)
    },
}
TABLES = (
    "<GetBucketMetadataConfigurationResult><MetadataConfigurationResult><DestinationResult>"
    "<TableBucketType>aws</TableBucketType><TableNamespace>b_{bucket}</TableNamespace></DestinationResult>"
    "<InventoryTableConfigurationResult><ConfigurationState>{inventory}</ConfigurationState>"
    "</InventoryTableConfigurationResult></MetadataConfigurationResult></GetBucketMetadataConfigurationResult>"
)


class Features:
    """What was put on each bucket, in the same place as its named configurations."""

    def __init__(self, kept: Kept) -> None:
        self.buckets = kept.data.configurations
        iam_actions._S3_BUCKET_QUERY_ACTIONS.update(ACTIONS)

    def answer(self, request: S3Request) -> Answer | None:
        """Serve a request for one of them; None for any other."""
        if request.asks(ABAC):
            stored = self.buckets.setdefault(request.bucket, {}).setdefault(ABAC, {})
            if request.method == "PUT":
                stored[""] = text_of(request.body, "Status") or "Disabled"
                return 200, {}, b""
            return xml(f"<AbacStatus><Status>{stored.get('', 'Disabled')}</Status></AbacStatus>")
        if request.asks(METADATA) or (request.asks(OLDER_METADATA) and request.method == "GET"):
            return self._metadata(request)
        return None

    def _metadata(self, request: S3Request) -> Answer:
        """The newer form can be made and deleted; the older one is never there."""
        stored = self.buckets.setdefault(request.bucket, {}).setdefault("metadata", {})
        if request.method == "POST":
            stored[""] = text_of(request.body, "ConfigurationState") or "DISABLED"
            return 200, {}, b""
        if "" not in stored or request.asks(OLDER_METADATA):
            said = "The metadata configuration does not exist."
            return error("MetadataConfigurationNotFound", said, 404, request)
        if request.method == "DELETE":
            del stored[""]
            return 204, {}, b""
        return xml(TABLES.format(bucket=request.bucket, inventory=stored[""]))
