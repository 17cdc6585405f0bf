"""user-programmatic-only: no IAM user of the deployment can sign in to the console."""

from __future__ import annotations

from collections.abc import Iterator

from ..declared import kinds
from ..declared.values import text
from ..judging.context import Context
from ..judging.rule import REMEDY, Violation, broken, rule

__all__ = ["judge"]


@rule(
    id="user-programmatic-only",
    severity="medium",
    description="No IAM user has a console password.",
    remedy="remove the login profile; people sign in through IAM Identity Center, programs with an access "
    "key",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
)
def judge(context: Context) -> Iterator[Violation]:
    for profile in context.deployment.of(kinds.LOGIN_PROFILE):
        owner = text(profile.value("user")) or profile.name
        yield broken(profile.urn, f"user `{owner}`", "it has a console login profile", REMEDY)
    for user in context.deployment.of(kinds.USER):
        if user.declared.get("loginProfile") is not None:
            yield broken(user.urn, f"user `{user.name}`", "it has a console login profile", REMEDY)
