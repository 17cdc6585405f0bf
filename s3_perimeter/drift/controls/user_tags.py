"""The user's tags are as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.words import changed, declared_tags, own_tags, redeploy
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import User


def judge(user: User, context: Context) -> Iterator[Difference]:
    declared = declared_tags(user.resource)
    observed = own_tags((context(iam.user_tags(user.name)) or {}).get("Tags", ()))
    if observed != declared:
        keys = sorted(key for key in declared | observed if declared.get(key) != observed.get(key))
        yield changed(
            Severity.LOW,
            declared,
            observed,
            f"tags of {user.name} differ ({', '.join(keys)}): policies that go by aws:PrincipalTag treat "
            "them otherwise",
            redeploy(context),
        )


CONTROL = Control(
    id="user-tags",
    title="the user's tags are as declared",
    scope="user",
    severity=Severity.LOW,
    impact="Where access is granted by the principal's tags, a changed tag is a changed permission.",
    reads=lambda user: [iam.user_tags(user.name)],
    judge=judge,
)
