"""The user's permissions boundary is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.controls.control import Context, Control
from s3_perimeter.drift.controls.words import boundary
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.subjects import User


def judge(user: User, context: Context) -> Iterator[Difference]:
    yield from boundary(user, (context(iam.user(user.name)) or {}).get("User", {}), context)


CONTROL = Control(
    id="user-permissions-boundary",
    title="the user's permissions boundary is as declared",
    scope="user",
    severity=Severity.HIGH,
    impact="The boundary is the outer limit of all the user's policies; lifted, they all reach as far as "
    "they say.",
    reads=lambda user: [iam.user(user.name)],
    judge=judge,
)
