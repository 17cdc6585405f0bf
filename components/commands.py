"""The AWS CLI commands that a person tries first."""

from __future__ import annotations

from collections.abc import Sequence

from perimeter.settings import User

__all__ = ["commands_to_try"]


def commands_to_try(bucket: str, region: str, people: Sequence[User]) -> list[str]:
    """Return what the first person types to see that the bucket works, in the order in which to type it."""
    if not people:
        return [f"aws s3 ls s3://{bucket}"]
    person = people[0]
    place = f"s3://{bucket}/{person.prefix or ''}"
    commands = [
        f"aws configure set region {region} --profile {person.name}",
        f"aws configure --profile {person.name}",
    ]
    if "list" in person.access:
        commands.append(f"aws s3 ls {place} --profile {person.name}")
    if "write" in person.access:
        commands.append(f"aws s3 cp hello.txt {place} --profile {person.name}")
    if "read" in person.access:
        commands.append(f"aws s3 cp {place}hello.txt - --profile {person.name}")
    return commands
