"""No undeclared request metrics of the bucket are published."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.exports import reports
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-metrics",
    title="no undeclared request metrics of the bucket are published",
    severity=Severity.LOW,
    impact="Metrics cost money, and show everybody who reads CloudWatch how the data is used.",
    reads=lambda bucket: [s3.metrics(bucket)],
    parts=("s3/bucketMetric",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    listed = (context(s3.metrics(bucket)) or {}).get("MetricsConfigurationList", ())
    observed = {item["Id"]: None for item in listed}
    yield from reports(
        bucket, context, "s3/bucketMetric", observed, Severity.LOW, "delete-bucket-metrics-configuration"
    )
