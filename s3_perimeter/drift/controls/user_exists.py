"""The declared user exists."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam, sts
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import gone
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-exists",
    title="the declared user exists",
    severity=Severity.HIGH,
    impact="Whoever may create users can take the name, and with it what other policies allow that name.",
    reads=lambda user: [iam.user(user.name), sts.caller()],
    preliminary=True,
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    """Yield a difference if the user is missing, and the caller's account is known: another account does not
    have the user either.
    """
    if context(iam.user(user.name)) is None:
        context(sts.caller())
        lost = "their keys no longer work, and policies that named them show an id"
        yield gone(user, "user", lost, context)
