"""What the IAM types share: a service without regions, names that are in use already, tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from local.provider.failures import code, eventually, gone
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.structures import from_tags, to_tags
from local.provider.values import Props

T = TypeVar("T")
ABSENT = frozenset({"NoSuchEntity"})
CHANGING = frozenset({"ConcurrentModification", "EntityTemporarilyUnmodifiable"})


class IamResource(Resource):
    """A type of IAM, which has no regions."""

    regional = False

    def iam(self, session: Session) -> Any:
        """The client."""
        return session.client("iam")


def patiently(session: Session, attempt: Callable[[], T], *, also: frozenset[str] = frozenset()) -> T:
    """The result of ``attempt``, tried again while IAM changes the same thing, or for the codes ``also``."""
    return eventually(attempt, lambda error: code(error) in CHANGING | also, session.cancelled)


def if_there(attempt: Callable[[], T]) -> T | None:
    """The result of ``attempt``; None where IAM says that there is no such thing."""
    try:
        return attempt()
    except ClientError as error:
        if gone(error, ABSENT):
            return None
        raise


def all_of(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Every item of a paged list."""
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key) or []]


def retag(
    session: Session, old: Props, new: Props, add: Callable[..., Any], remove: Callable[..., Any]
) -> None:
    """Bring tags to the program's over the provider's default tags."""
    before = old.get("tagsAll") or {}
    wanted = {**session.default_tags, **(new.get("tags") or {})}
    dropped = sorted(before.keys() - wanted.keys())
    changed = {key: value for key, value in wanted.items() if before.get(key) != value}
    if dropped:
        remove(TagKeys=dropped)
    if changed:
        add(Tags=to_tags(changed))


def first_tags(session: Session, inputs: Props) -> Props:
    """The argument for a create call that takes tags."""
    wanted = {**session.default_tags, **(inputs.get("tags") or {})}
    return {"Tags": to_tags(wanted)} if wanted else {}


def tags_of(answer: Props) -> dict[str, str]:
    """The tags in an answer."""
    return from_tags(answer.get("Tags"))
