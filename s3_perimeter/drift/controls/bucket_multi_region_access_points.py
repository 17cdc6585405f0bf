"""No multi-region access point leads to the bucket that is not declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.doors import allowed_by
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    declared = {
        (part.get("details") or {}).get("name")
        for part in view.declared.state.of("s3control/multiRegionAccessPoint")
    }
    for point in s3control.holding(view(s3control.multi_region(bucket)) or {}, bucket):
        name = point["Name"]
        if name in declared:
            continue
        answer = view(s3control.multi_region_policy(bucket, name)) or {}
        policy = (answer.get("Policy") or {}).get("Established", {}).get("Policy")
        yield Difference(
            Kind.UNMANAGED,
            Severity.HIGH,
            None,
            {"name": name, "policy": policy},
            f"multi-region access point {name} leads to the bucket from anywhere{allowed_by(policy)}",
            f"aws s3control delete-multi-region-access-point --region {s3control.MULTI_REGION} "
            f"--account-id {bucket.account} --details Name={name}",
        )


CONTROL = Control(
    id="bucket-multi-region-access-points",
    title="no multi-region access point leads to the bucket that is not declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="It is another, global name for the bucket, with a policy of its own.",
    reads=lambda bucket: [s3control.multi_region(bucket)],
    follows=lambda bucket: [s3control.multi_region_policy(bucket, "NAME")],
    judge=judge,
)
