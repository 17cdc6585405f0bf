"""The declared user is there."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam, sts
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import mend
from s3_perimeter.drift.declared import User
from s3_perimeter.drift.findings import Difference, Kind, Severity


def judge(user: User, view: View) -> Iterator[Difference]:
    """Missing is believed only where the caller is known: a stranger's account has no such user either."""
    if view(iam.user(user.name)) is None:
        view(sts.caller())
        yield Difference(
            Kind.MISSING,
            Severity.HIGH,
            user.name,
            None,
            f"user {user.name} is gone: their keys work no longer, and policies that named them show an id",
            mend(view),
        )


CONTROL = Control(
    id="user-exists",
    title="the declared user is there",
    scope="user",
    severity=Severity.HIGH,
    lets="Whoever may create users can take the name, and what names it in other policies.",
    reads=lambda user: [iam.user(user.name), sts.caller()],
    judge=judge,
    gate=True,
)
