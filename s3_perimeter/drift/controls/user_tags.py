"""The user's tags are as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import other_tags
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-tags",
    title="the user's tags are as declared",
    severity=Severity.LOW,
    impact="Where access is granted by the principal's tags, a changed tag is a changed permission.",
    reads=lambda user: [iam.user(user.name)],
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    yield from other_tags(
        user.resource,
        (context(iam.user(user.name)) or {}).get("User", {}).get("Tags", ()),
        context,
        lambda keys: (
            f"tags of {user.name} differ ({keys}): policies that use aws:PrincipalTag may change their effect"
        ),
    )
