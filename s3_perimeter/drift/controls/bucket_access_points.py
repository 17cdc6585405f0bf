"""No undeclared access point leads to the bucket, and each declared one has the declared policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s3_perimeter.drift.calls import iam, s3control
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.granted import allowed_by
from s3_perimeter.drift.judging.meaning import policy_difference
from s3_perimeter.drift.judging.words import name_of, redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Resource

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-access-points",
    title="no undeclared access point leads to the bucket, and each declared one has the declared policy",
    severity=Severity.HIGH,
    impact="An access point is another name for the bucket with a policy of its own.",
    reads=lambda bucket: [s3control.access_points(bucket)],
    follows=lambda bucket: [s3control.access_point_policy(bucket, "NAME"), iam.authorization_details()],
    parts=("s3/accessPoint", "s3control/accessPointPolicy"),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    points = (context(s3control.access_points(bucket)) or {}).get("AccessPointList", ())
    observed = {str(point["Name"]): point for point in points}
    declared = {name_of(part): part for part in bucket.parts if part.kind == "s3/accessPoint"}
    for name, point in sorted(observed.items()):
        arn = point.get("AccessPointArn")
        policy = (context(s3control.access_point_policy(bucket, name)) or {}).get("Policy")
        if name not in declared:
            origin = point.get("NetworkOrigin", "Internet")
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                {"name": name, "origin": origin, "policy": policy},
                f"an access point ({origin}) leads to the bucket{allowed_by(policy)}",
                f"aws s3control delete-access-point --account-id {bucket.account} --name {name}",
                resource=arn,
            )
        else:
            wanted = _declared_policy(bucket, name, declared[name])
            yield from _policies(name, wanted, policy, arn, context)
    for name in sorted(set(declared) - set(observed)):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            name,
            None,
            f"access point {name} is gone: its users are denied",
            redeploy(context),
        )


def _declared_policy(bucket: Bucket, name: str, point: Resource) -> Any:
    """Return the policy on the access point, or the one that is a resource of its own."""
    for part in bucket.parts:
        if part.kind == "s3control/accessPointPolicy":
            arn = part.properties.text("accessPointArn") or ""
            if arn.rpartition("/")[2] == name:
                return part.properties.document("policy")
    return point.given.document("policy")


def _policies(
    name: str, declared: Any, observed: object, arn: str | None, context: Context
) -> Iterator[Difference]:
    if declared and observed:
        what = f"the policy of access point {name}"
        yield from policy_difference(declared, observed, what, redeploy(context), context, resource=arn)
    elif declared or observed:
        yield Difference(
            Kind.CHANGED,
            Severity.HIGH if observed else Severity.MEDIUM,
            declared,
            str(observed) if observed else None,
            f"access point {name} has a policy that nobody declared{allowed_by(observed)}"
            if observed
            else f"the policy of access point {name} is gone: nobody has what it allowed",
            redeploy(context),
            resource=arn,
        )
