"""aws.s3.AnalyticsConfiguration."""

from __future__ import annotations

from local.provider.properties import REGION, block, mapping, table, text
from local.provider.types.bucket_named import BucketNamed, filter_from_aws, filter_to_aws
from local.provider.values import Props

ANALYSIS = block(
    {
        "dataExport": block(
            {
                "destination": block(
                    {
                        "s3BucketDestination": block(
                            {
                                "bucketArn": text(required=True, aws="Bucket"),
                                "bucketAccountId": text(),
                                "format": text(computed=True),
                                "prefix": text(),
                            },
                            required=True,
                            aws="S3BucketDestination",
                        )
                    },
                    required=True,
                ),
                "outputSchemaVersion": text(computed=True),
            },
            required=True,
        )
    }
)


class BucketAnalytics(BucketNamed):
    """Which objects S3 watches for a cheaper storage class, and where it writes what it finds."""

    token = "aws:s3/analyticsConfiguration:AnalyticsConfiguration"  # noqa: S105
    title = "S3 Bucket Analytics Configuration"
    kind, body = "analytics", "AnalyticsConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "filter": block({"prefix": text(), "tags": mapping(text())}),
            "name": text(computed=True, replaces=True),
            "region": REGION,
            "storageClassAnalysis": ANALYSIS,
        }
    )

    def to_body(self, inputs: Props) -> Props:
        chosen = {"Filter": filter_to_aws(inputs["filter"])} if inputs.get("filter") else {}
        analysis = inputs.get("storageClassAnalysis")
        if not analysis:
            return {**chosen, "StorageClassAnalysis": {}}
        wanted = ANALYSIS.to_aws(analysis)
        export = wanted["DataExport"]
        export.setdefault("OutputSchemaVersion", "V_1")
        export["Destination"]["S3BucketDestination"].setdefault("Format", "CSV")
        return {**chosen, "StorageClassAnalysis": wanted}

    def from_body(self, found: Props) -> Props:
        chosen = {"filter": filter_from_aws(found["Filter"])} if found.get("Filter") else {}
        analysis = found.get("StorageClassAnalysis")
        return {**chosen, "storageClassAnalysis": ANALYSIS.from_aws(analysis)} if analysis else chosen
