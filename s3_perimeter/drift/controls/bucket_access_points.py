"""No access point leads to the bucket that is not declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.documents.identity import PolicyShapeError, compare_policies
from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.doors import allowed_by
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    points = (view(s3control.access_points(bucket)) or {}).get("AccessPointList", ())
    declared = {part.text("name") or part.id: part for part in bucket.parts if part.kind == "s3/accessPoint"}
    for point in sorted(points, key=lambda point: str(point["Name"])):
        name = point["Name"]
        policy = (view(s3control.access_point_policy(bucket, name)) or {}).get("Policy")
        if name not in declared:
            origin = point.get("NetworkOrigin", "Internet")
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                {"name": name, "origin": origin, "policy": policy},
                f"an access point ({origin}) leads to the bucket{allowed_by(policy)}",
                f"aws s3control delete-access-point --account-id {bucket.account} --name {name}",
                resource=point.get("AccessPointArn"),
            )
        elif _differs(declared[name].get("policy"), policy):
            yield Difference(
                Kind.CHANGED,
                Severity.HIGH,
                declared[name].get("policy"),
                policy,
                f"the policy of access point {name} is not the declared one{allowed_by(policy)}",
                f"pulumi up --refresh --stack {view.declared.stack}",
                resource=point.get("AccessPointArn"),
            )


def _differs(declared: object, observed: object) -> bool:
    if not declared or not observed:
        return bool(observed)
    try:
        return not compare_policies(declared, observed).equal
    except PolicyShapeError:
        return True


CONTROL = Control(
    id="bucket-access-points",
    title="no access point leads to the bucket that is not declared, nor by another policy",
    scope="bucket",
    severity=Severity.HIGH,
    lets="An access point is another name for the bucket with a policy of its own.",
    reads=lambda bucket: [s3control.access_points(bucket)],
    follows=lambda bucket: [s3control.access_point_policy(bucket, "NAME")],
    judge=judge,
)
