"""The AWS CLI commands that a person tries first."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.settings import Access, User

__all__ = ["commands_to_try"]


def commands_to_try(bucket: str, region: str, people: Sequence[User]) -> list[str]:
    """Return what the first person types to see that the bucket works, in the order in which to type it.

    The first two set the CLI up; the others need a file ``hello.txt`` and no answer.
    """
    if not people:
        return [f"aws s3 ls s3://{bucket}"]
    person = people[0]
    place = f"s3://{bucket}/{person.prefix or ''}"
    profile = f"--profile {person.name}"
    tries = {
        Access.WRITE: f"aws s3 cp hello.txt {place} {profile}",
        Access.LIST: f"aws s3 ls {place} {profile}",
        Access.READ: f"aws s3 cp {place}hello.txt - {profile}",
    }
    return [
        f"aws configure set region {region} {profile}",
        f"aws configure {profile}",
        *(command for level, command in tries.items() if level in person.access),
    ]
