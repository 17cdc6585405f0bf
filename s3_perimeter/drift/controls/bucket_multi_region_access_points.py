"""No undeclared multi-region access point leads to the bucket, and each declared one has its policy."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import s3control
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.granted import allowed_by
from s3_perimeter.drift.judging.meaning import policy_difference
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-multi-region-access-points",
    title="no undeclared multi-region access point leads to the bucket, and each declared one has the "
    "declared policy",
    severity=Severity.HIGH,
    impact="It is another name for the bucket, valid in every region, with a policy of its own.",
    reads=lambda bucket: [s3control.multi_region(bucket)],
    follows=lambda bucket: [s3control.multi_region_policy(bucket, "NAME")],
    parts=("s3control/multiRegionAccessPoint", "s3control/multiRegionAccessPointPolicy"),
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    points = _details(bucket, "s3control/multiRegionAccessPoint")
    policies = _details(bucket, "s3control/multiRegionAccessPointPolicy")
    observed = {
        point["Name"] for point in s3control.holding(context(s3control.multi_region(bucket)) or {}, bucket)
    }
    for name in sorted(observed):
        answer = context(s3control.multi_region_policy(bucket, name)) or {}
        policy = (answer.get("Policy") or {}).get("Established", {}).get("Policy")
        if name not in points:
            yield Difference(
                Kind.UNMANAGED,
                Severity.HIGH,
                None,
                {"name": name, "policy": policy},
                f"multi-region access point {name} leads to the bucket from anywhere{allowed_by(policy)}",
                f"aws s3control delete-multi-region-access-point --region {s3control.MULTI_REGION} "
                f"--account-id {bucket.account} --details Name={name}",
            )
        elif policy:
            declared = policies[name].document("policy") if name in policies else '{"Statement": []}'
            what = f"the policy of multi-region access point {name}"
            yield from policy_difference(declared, policy, what, redeploy(context), context)
    for name in sorted(set(points) - observed):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            name,
            None,
            f"multi-region access point {name} no longer leads to the bucket",
            redeploy(context),
        )


def _details(bucket: Bucket, kind: str) -> dict[str, Block]:
    """Return what the stack declares under a kind, by the access point's name."""
    blocks = [part.properties.block("details") for part in bucket.parts if part.kind == kind]
    return {name: block for block in blocks if (name := block.text("name"))}
