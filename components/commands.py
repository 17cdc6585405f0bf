"""The AWS CLI commands that a person tries first."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.settings import Access, Role, User

__all__ = ["commands_to_try"]


def commands_to_try(
    bucket: str, region: str, people: Sequence[User], roles: Sequence[Role] = ()
) -> list[str]:
    """Return what the first person types to see that the bucket works, in the order in which to type it.

    The first ones set the CLI up, two for a user and one for a role; the others need a file ``hello.txt`` and
    no answer.
    """
    if people:
        profile = f"--profile {people[0].name}"
        set_up = [f"aws configure set region {region} {profile}", f"aws configure {profile}"]
    elif roles:
        profile = f"--profile {roles[0].name}"
        set_up = [f"perimeter credentials --role {roles[0].name} {profile}"]
    else:
        return [f"aws s3 ls s3://{bucket}"]
    person: User | Role = people[0] if people else roles[0]
    place = f"s3://{bucket}/{person.prefix or ''}"
    tries = {
        Access.WRITE: f"aws s3 cp hello.txt {place} {profile}",
        Access.LIST: f"aws s3 ls {place} {profile}",
        Access.READ: f"aws s3 cp {place}hello.txt - {profile}",
    }
    return [*set_up, *(command for level, command in tries.items() if level in person.access)]
