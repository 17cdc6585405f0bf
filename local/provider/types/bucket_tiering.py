"""aws.s3.BucketIntelligentTieringConfiguration."""

from __future__ import annotations

from local.provider.properties import REGION, block, mapping, table, text, unordered, whole
from local.provider.types.bucket_named import BucketNamed, filter_from_aws, filter_to_aws
from local.provider.values import Props

TIERINGS = unordered(block({"accessTier": text(required=True), "days": whole(required=True)}), required=True)


class BucketTiering(BucketNamed):
    """When S3 archives objects that nobody reads."""

    token = "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration"  # noqa: S105
    title = "S3 Intelligent-Tiering Configuration"
    kind, body = "intelligent_tiering", "IntelligentTieringConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "tierings": TIERINGS,
            "filter": block({"prefix": text(), "tags": mapping(text())}),
            "name": text(computed=True, replaces=True),
            "region": REGION,
            "status": text(default="Enabled"),
        }
    )

    def to_body(self, inputs: Props) -> Props:
        chosen = {"Filter": filter_to_aws(inputs["filter"])} if inputs.get("filter") else {}
        return {
            **chosen,
            "Status": inputs.get("status") or "Enabled",
            "Tierings": TIERINGS.to_aws(inputs["tierings"]),
        }

    def from_body(self, found: Props) -> Props:
        chosen = {"filter": filter_from_aws(found["Filter"])} if found.get("Filter") else {}
        return {**chosen, "status": found["Status"], "tierings": TIERINGS.from_aws(found["Tierings"])}
