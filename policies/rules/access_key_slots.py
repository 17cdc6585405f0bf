"""access-key-slots: a user has at most the two access keys that IAM allows, and each key belongs to a
known user.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ..declared import kinds
from ..declared.deployment import Resource
from ..declared.values import UNKNOWN, text
from ..judging.context import Context
from ..judging.rule import Violation, broken, rule

__all__ = ["judge"]

SLOTS: Final = 2


@rule(
    id="access-key-slots",
    severity="low",
    description="Each IAM user has at most two access keys: one in use, and a second slot for rotation.",
    remedy="remove the keys beyond the second",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
)
def judge(context: Context) -> Iterator[Violation]:
    users = list(context.deployment.of(kinds.USER))
    keys: defaultdict[str, list[Resource]] = defaultdict(list)
    for key in context.deployment.of(kinds.ACCESS_KEY):
        owner = _owner(key, users)
        if owner is None:
            yield broken(
                key.urn,
                f"access key `{key.name}`",
                "its user is not known during preview",
                "name the user explicitly (`name` on the User), or link the key to one user only",
            )
        else:
            keys[owner].append(key)
    for owner, held in sorted(keys.items()):
        for key in held[SLOTS:]:
            yield broken(
                key.urn,
                f"user `{owner}`",
                f"`{key.name}` is access key number {held.index(key) + 1}; IAM allows {SLOTS}",
                "keep one key in use and one slot for rotation; remove the others",
            )


def _owner(key: Resource, users: list[Resource]) -> str | None:
    value = key.value("user", "userName")
    if value is not UNKNOWN:
        return text(value)
    sources = {key.source("user"), key.source("userName")}
    linked = [user for user in users if user.urn in sources]
    if len(linked) != 1:
        return None
    return text(linked[0].value("name", "userName")) or linked[0].name
