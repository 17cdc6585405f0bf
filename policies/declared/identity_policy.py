"""Identity policies (IAM's, without a principal) as lists of allowed actions and resources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


class IdentityPolicyError(ValueError):
    """The document is no identity policy that IAM would accept."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One Allow statement. ``inverted`` says that it names what it leaves out: NotAction or NotResource."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    inverted: bool


def grants(text: str) -> tuple[Grant, ...]:
    """The Allow statements of the document. Raises IdentityPolicyError where it cannot be read."""
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates)
    except (json.JSONDecodeError, RecursionError) as error:
        raise IdentityPolicyError(f"it is not JSON ({error})") from error
    if not isinstance(document, Mapping):
        raise IdentityPolicyError("it is not a JSON object")
    statements = document.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return tuple(_grants(listed))


def _grants(statements: list[object]) -> Iterator[Grant]:
    for number, statement in enumerate(statements, 1):
        if not isinstance(statement, Mapping):
            raise IdentityPolicyError(f"statement {number} is not an object")
        effect = statement.get("Effect")
        if effect == "Deny":
            continue
        if effect != "Allow":
            raise IdentityPolicyError(f"statement {number} has an Effect that is neither Allow nor Deny")
        inverted = "NotAction" in statement or "NotResource" in statement
        yield Grant(
            _texts(statement.get("Action", statement.get("NotAction")), f"statement {number}: Action"),
            _texts(statement.get("Resource", statement.get("NotResource")), f"statement {number}: Resource"),
            inverted,
        )


def _texts(value: object, what: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    texts = tuple(item for item in listed if isinstance(item, str))
    if len(texts) != len(listed) or not texts:
        raise IdentityPolicyError(f"{what} is missing or is not text")
    return texts


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise IdentityPolicyError(f"the key `{key}` stands twice in one object")
        found[key] = value
    return found
