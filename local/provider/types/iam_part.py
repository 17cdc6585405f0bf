"""What the IAM types share: a service without regions, names that are in use already, tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from local.provider import failures
from local.provider.failures import code, eventually, says
from local.provider.resource import Resource
from local.provider.session import Session
from local.provider.structures import to_tags
from local.provider.tags import changed_tags, wanted_tags
from local.provider.values import Props

T = TypeVar("T")
CHANGING = frozenset({"ConcurrentModification", "EntityTemporarilyUnmodifiable"})


class IamResource(Resource):
    """A type of IAM, which has no regions."""

    regional = False

    def iam(self, session: Session) -> Any:
        """Return the client."""
        return session.client("iam")


def patiently(session: Session, attempt: Callable[[], T]) -> T:
    """Return the result of ``attempt``, tried again while IAM changes the thing or does not know a new
    principal.
    """
    return eventually(attempt, passing, session.cancelled)


def passing(error: BaseException) -> bool:
    """Whether an error of IAM's passes by itself."""
    unknown = says(error, "MalformedPolicyDocument", "Invalid principal in policy")
    return unknown or code(error) in CHANGING


def if_there(attempt: Callable[[], T]) -> T | None:
    """Return the result of ``attempt``; None where IAM says that there is no such thing."""
    return failures.if_there(attempt, "NoSuchEntity")


def all_of(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Return every item of a paged list."""
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key) or []]


def retag(session: Session, kind: str, key: Props, old: Props, new: Props) -> None:
    """Bring tags to the program's over the provider's default tags, by ``tag_KIND`` and ``untag_KIND``."""
    iam = session.client("iam")
    dropped, changed = changed_tags(session, old, new)
    if dropped:
        getattr(iam, f"untag_{kind}")(**key, TagKeys=dropped)
    if changed:
        getattr(iam, f"tag_{kind}")(**key, Tags=to_tags(changed))


def first_tags(session: Session, inputs: Props) -> Props:
    """Return the argument for a create call that takes tags."""
    wanted = wanted_tags(session, inputs)
    return {"Tags": to_tags(wanted)} if wanted else {}


def as_text(document: Any) -> str:
    """Return a policy document of IAM's answers as JSON text; boto3 has decoded it."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))
