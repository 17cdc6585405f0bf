"""Exactly the declared managed policies are attached to the user."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import mend, unmanaged
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    attached = (view(iam.attached(user.name)) or {}).get("AttachedPolicies", ())
    observed = {item["PolicyArn"] for item in attached}
    declared = {
        arn
        for part in user.of("iam/userPolicyAttachment", "iam/policyAttachment")
        if (arn := part.text("policyArn"))
    }
    yield from unmanaged(
        observed - declared,
        Severity.HIGH,
        lambda arn: f"{user.name} may also do what {arn.rpartition('/')[2]} allows",
        lambda arn: f"aws iam detach-user-policy --user-name {user.name} --policy-arn {arn}",
    )
    for arn in sorted(declared - observed):
        yield Difference(
            Kind.MISSING,
            Severity.MEDIUM,
            arn,
            None,
            f"{user.name} no longer has {arn.rpartition('/')[2]}, and cannot do what it allows",
            mend(view),
        )


CONTROL = Control(
    id="user-attached-policies",
    title="exactly the declared managed policies are attached to the user",
    scope="user",
    severity=Severity.HIGH,
    lets="One attached policy can give a user of one bucket the whole account.",
    reads=lambda user: [iam.attached(user.name)],
    judge=judge,
)
