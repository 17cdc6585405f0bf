"""aws.s3.BucketMetric."""

from __future__ import annotations

from local.provider.properties import REGION, block, mapping, table, text
from local.provider.types.bucket_named import BucketNamed, filter_from_aws, filter_to_aws
from local.provider.values import Props


class BucketMetric(BucketNamed):
    """Request metrics of some of a bucket's objects."""

    token = "aws:s3/bucketMetric:BucketMetric"  # noqa: S105
    title = "S3 Bucket Metric"
    kind, body = "metrics", "MetricsConfiguration"
    properties = table(
        {
            "bucket": text(required=True, replaces=True),
            "filter": block({"accessPoint": text(), "prefix": text(), "tags": mapping(text())}),
            "name": text(computed=True, replaces=True),
            "region": REGION,
        }
    )

    def to_body(self, inputs: Props) -> Props:
        return {"Filter": filter_to_aws(inputs["filter"])} if inputs.get("filter") else {}

    def from_body(self, found: Props) -> Props:
        return {"filter": filter_from_aws(found["Filter"])} if found.get("Filter") else {}
