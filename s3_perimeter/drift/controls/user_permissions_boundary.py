"""The user's permissions boundary is as declared."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import boundary
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-permissions-boundary",
    title="the user's permissions boundary is as declared",
    severity=Severity.HIGH,
    impact="The boundary limits all policies of the user; without it, each applies in full.",
    reads=lambda user: [iam.user(user.name)],
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    yield from boundary(user, (context(iam.user(user.name)) or {}).get("User", {}), context)
