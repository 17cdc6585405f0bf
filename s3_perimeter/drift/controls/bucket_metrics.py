"""No request metrics of the bucket are published that are not declared."""

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
    title="no request metrics of the bucket are published that are not declared",
    severity=Severity.LOW,
    impact="Metrics show whoever reads CloudWatch how the data is used, and cost money.",
    reads=lambda bucket: [s3.metrics(bucket)],
    parts=("s3/bucketMetric",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    listed = (context(s3.metrics(bucket)) or {}).get("MetricsConfigurationList", ())
    observed = {item["Id"]: None for item in listed}
    yield from reports(
        bucket, context, "s3/bucketMetric", observed, Severity.LOW, "delete-bucket-metrics-configuration"
    )
