"""The user has no undeclared console password."""

from __future__ import annotations

from collections.abc import Iterator

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.findings import Difference, Kind, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import redeploy
from s3_perimeter.drift.subjects import User

__all__ = ["judge"]


@control(
    about=User,
    id="user-console-password",
    title="the user has no undeclared console password",
    severity=Severity.CRITICAL,
    impact="With a password somebody can act as the user in the console; rotating keys does not end that.",
    reads=lambda user: [iam.login_profile(user.name)],
    parts=("iam/userLoginProfile",),
)
def judge(user: User, context: Context) -> Iterator[Difference]:
    declared = any(user.of("iam/userLoginProfile"))
    observed = context(iam.login_profile(user.name)) is not None
    if observed and not declared:
        yield Difference(
            Kind.UNMANAGED,
            Severity.CRITICAL,
            None,
            "console password",
            f"anybody with the password can sign in to the console as {user.name}",
            f"aws iam delete-login-profile --user-name {user.name}",
        )
    elif declared and not observed:
        yield Difference(
            Kind.MISSING,
            Severity.LOW,
            "console password",
            None,
            f"{user.name} cannot sign in to the console",
            redeploy(context),
        )
