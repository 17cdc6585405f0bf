"""Names of IAM users: they say whose stack they belong to, and fit into what IAM takes."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter import PerimeterError
from s3_perimeter.settings import User

__all__ = ["LONGEST_USER_NAME", "check_user_names"]

LONGEST_USER_NAME = 64
"""Characters of an IAM user's name ("IAM and AWS STS quotas"); groups and policies have twice as many."""


def check_user_names(prefix: str, people: Sequence[User]) -> None:
    """Refuse names that IAM would refuse in the middle of the deployment.

    Raises:
        PerimeterError: with every name that is too long.
    """
    names = [f"{prefix}-{person.name}" for person in people]
    too_long = [f"`{name}` ({len(name)})" for name in names if len(name) > LONGEST_USER_NAME]
    if too_long:
        raise PerimeterError(
            f"IAM takes {LONGEST_USER_NAME} characters as a user's name, and these have more: "
            f"{', '.join(too_long)}\n\nhint: shorten the name of the user, the stack or the project"
        )
