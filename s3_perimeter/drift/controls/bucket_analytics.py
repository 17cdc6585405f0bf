"""No undeclared storage-class analysis of the bucket is exported."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.exports import export_target, reports
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]

_PATH = ("StorageClassAnalysis", "DataExport", "Destination", "S3BucketDestination", "Bucket")


@control(
    about=Bucket,
    id="bucket-analytics",
    title="no undeclared storage-class analysis of the bucket is exported",
    severity=Severity.MEDIUM,
    impact="An analysis report takes prefixes, sizes and use of the data to another bucket.",
    reads=lambda bucket: [s3.analytics(bucket)],
    parts=("s3/analyticsConfiguration",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    listed = (context(s3.analytics(bucket)) or {}).get("AnalyticsConfigurationList", ())
    observed = {item["Id"]: export_target(item, *_PATH) for item in listed}
    yield from reports(
        bucket,
        context,
        "s3/analyticsConfiguration",
        observed,
        Severity.MEDIUM,
        "delete-bucket-analytics-configuration",
    )
