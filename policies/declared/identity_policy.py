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
    return tuple(_grants(read_document(text)))


def read_document(text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Each Allow statement of a policy document, with what to call it in a message.

    Raises IdentityPolicyError where it cannot be read.
    """
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates)
    except (json.JSONDecodeError, RecursionError) as error:
        raise IdentityPolicyError(f"it is not JSON ({error})") from error
    if not isinstance(document, Mapping):
        raise IdentityPolicyError("it is not a JSON object")
    statements = document.get("Statement")
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements], 1):
        if not isinstance(statement, Mapping):
            raise IdentityPolicyError(f"statement {number} is not an object")
        effect = statement.get("Effect")
        if effect == "Allow":
            yield f"statement {number}", statement
        elif effect != "Deny":
            raise IdentityPolicyError(f"statement {number} has an Effect that is neither Allow nor Deny")


def _grants(statements: Iterator[tuple[str, Mapping[str, object]]]) -> Iterator[Grant]:
    for what, statement in statements:
        inverted = "NotAction" in statement or "NotResource" in statement
        yield Grant(
            texts(statement.get("Action", statement.get("NotAction")), f"{what}: Action"),
            texts(statement.get("Resource", statement.get("NotResource")), f"{what}: Resource"),
            inverted,
        )


def texts(value: object, what: str) -> tuple[str, ...]:
    """A text or a list of texts; raises IdentityPolicyError where it is neither."""
    listed = value if isinstance(value, list) else [value]
    found = tuple(item for item in listed if isinstance(item, str))
    if len(found) != len(listed) or not found:
        raise IdentityPolicyError(f"{what} is missing or is not text")
    return found


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise IdentityPolicyError(f"the key `{key}` stands twice in one object")
        found[key] = value
    return found
