"""No undeclared inventory of the bucket is delivered."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.exports import export_target, reports
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-inventory",
    title="no undeclared inventory of the bucket is delivered",
    severity=Severity.HIGH,
    impact="An inventory report takes the name of every object out of the bucket, every day or week.",
    reads=lambda bucket: [s3.inventory(bucket)],
    parts=("s3/inventory",),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    listed = (context(s3.inventory(bucket)) or {}).get("InventoryConfigurationList", ())
    observed = {
        item["Id"]: export_target(item, "Destination", "S3BucketDestination", "Bucket") for item in listed
    }
    yield from reports(
        bucket, context, "s3/inventory", observed, Severity.HIGH, "delete-bucket-inventory-configuration"
    )
