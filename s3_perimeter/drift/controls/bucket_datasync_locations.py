"""No undeclared AWS DataSync location is in the bucket."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import datasync, s3control
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.linked import leads_to
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-datasync-locations",
    title="no undeclared AWS DataSync location is in the bucket",
    severity=Severity.MEDIUM,
    impact="A task copies objects out of or into the bucket; the bucket's policy applies only to its role.",
    reads=lambda bucket: [datasync.locations(bucket), s3control.access_points(bucket)],
    strict=True,
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    for place in (context(datasync.locations(bucket)) or {}).get("Locations", ()):
        arn, uri = str(place.get("LocationArn")), place.get("LocationUri")
        if context.declares(arn) or not leads_to(uri, bucket, context):
            continue
        yield Difference(
            Kind.UNMANAGED,
            Severity.MEDIUM,
            None,
            {"arn": arn, "path": uri},
            f"DataSync can copy objects out of the bucket ({uri}), or into it; the bucket's policy still "
            "restricts the role that it works by",
            f"aws datasync delete-location --location-arn {arn}",
        )
