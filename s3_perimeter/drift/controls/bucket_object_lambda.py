"""No undeclared function (S3 Object Lambda) answers reads in the bucket's place."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.subjects import Bucket

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-object-lambda",
    title="no undeclared function (S3 Object Lambda) answers reads in the bucket's place",
    severity=Severity.HIGH,
    impact="The function sees every object that is read through it, and can change what readers get.",
    reads=lambda bucket: [s3control.object_lambdas(bucket), s3control.access_points(bucket)],
    follows=lambda bucket: [s3control.object_lambda(bucket, "NAME")],
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    """Yield undeclared object-lambda access points of the bucket, to which the supporting one leads."""
    kinds = ("s3control/objectLambdaAccessPoint", "aws-native:s3objectlambda:AccessPoint")
    declared = {part.text("name") or part.id for part in context.of(*kinds)}
    listed = (context(s3control.object_lambdas(bucket)) or {}).get("ObjectLambdaAccessPointList", ())
    names = sorted(str(item["Name"]) for item in listed)
    if not names:
        return
    points = (context(s3control.access_points(bucket)) or {}).get("AccessPointList", ())
    ours = {str(point.get("AccessPointArn")) for point in points} | {str(point["Name"]) for point in points}
    for name in names:
        configuration = (context(s3control.object_lambda(bucket, name)) or {}).get("Configuration", {})
        supporting = str(configuration.get("SupportingAccessPoint", ""))
        if name in declared or not {supporting, supporting.rpartition("/")[2]} & ours:
            continue
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            {"name": name, "supporting": supporting},
            f"object-lambda access point {name} reads the bucket and may change what its readers get",
            f"aws s3control delete-access-point-for-object-lambda --account-id {bucket.account} --name "
            f"{name}",
        )
