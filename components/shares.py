"""What users and roles share: a managed policy for each set of access levels and prefix, and names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import pulumi
import pulumi_aws as aws

from s3_perimeter import PerimeterError
from s3_perimeter.settings import Role, User

from .access_levels import ACCESS_LEVELS, user_policy

__all__ = ["LONGEST_USER_NAME", "Share", "check_names", "policies", "shares"]

Person = TypeVar("Person", User, Role)

LONGEST_USER_NAME = 64
"""Characters of an IAM user's or role's name ("IAM and AWS STS quotas"); groups and policies have
twice as many."""

_READABLE = 24
"""Characters of a prefix that a resource's name keeps for the reader."""

_DIGEST = 6
"""Hexadecimal digits that distinguish two prefixes which read alike."""


class Share(NamedTuple):
    """What several people may have in common: access levels and a prefix."""

    levels: tuple[str, ...]
    prefix: str

    @property
    def label(self) -> str:
        """The share's name in resource names."""
        words = "-".join(self.levels)
        if not self.prefix:
            return words
        readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in self.prefix).strip("-")
        digest = hashlib.sha256(self.prefix.encode()).hexdigest()[:_DIGEST]
        return "-".join(part for part in (words, readable[:_READABLE], digest) if part)

    @property
    def description(self) -> str:
        """What its policy grants, in words."""
        where = f"below {self.prefix}" if self.prefix else "in the whole bucket"
        return f"{', '.join(self.levels)} {where}"


def shares(people: Sequence[Person]) -> dict[Share, list[Person]]:
    """Return users, or roles, by what they share; the levels' order in stack config makes no difference."""
    found: dict[Share, list[Person]] = {}
    for person in people:
        levels = tuple(level for level in ACCESS_LEVELS if level in person.access)
        found.setdefault(Share(levels, person.prefix or ""), []).append(person)
    return found


def policies(
    name: str,
    name_prefix: str,
    people: Sequence[Person],
    bucket_arn: str,
    key_arn: str | None,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> Iterator[tuple[Share, aws.iam.Policy, list[Person]]]:
    """Declare the managed policy of each share, and give it with those who have the share."""
    for share, members in shares(people).items():
        policy = aws.iam.Policy(
            f"{name}-{share.label}",
            name=f"{name_prefix}-{share.label}",
            description=share.description,
            policy=user_policy(bucket_arn, share.levels, prefix=share.prefix, key_arn=key_arn),
            tags=dict(tags),
            opts=opts,
        )
        yield share, policy, members


def check_names(prefix: str, users: Sequence[User], roles: Sequence[Role] = ()) -> None:
    """Refuse names that IAM would refuse in the middle of the deployment.

    Raises:
        PerimeterError: with every name that is too long.
    """
    names = {
        kind: [f"{prefix}-{person.name}" for person in people]
        for kind, people in (("user", users), ("role", roles))
    }
    too_long = {
        kind: [f"`{name}` ({len(name)})" for name in each if len(name) > LONGEST_USER_NAME]
        for kind, each in names.items()
    }
    kinds = " or ".join(kind for kind, each in too_long.items() if each)
    if kinds:
        raise PerimeterError(
            f"IAM takes {LONGEST_USER_NAME} characters as a {kinds}'s name, and these have more: "
            f"{', '.join(name for each in too_long.values() for name in each)}\n\n"
            f"hint: shorten the name of the {kinds}, the stack or the project"
        )
