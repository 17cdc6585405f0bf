"""Statements: the one reader of IAM policies, as JSON text (URL-encoded or not) or parsed already.

Unlike the grammar of bucket policies it takes what it does not have to understand as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

__all__ = ["AllowStatement", "PolicyShapeError", "allow_statements", "policy_of", "statements_of", "texts"]


class PolicyShapeError(ValueError):
    """The document is no IAM policy; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AllowStatement:
    """One Allow; `inverted` says that it names what it leaves out: NotAction or NotResource."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    inverted: bool


def policy_of(policy: object) -> Mapping[str, Any]:
    """Return the policy as an object. Raises PolicyShapeError where it is none, or names a member twice."""
    if isinstance(policy, str):
        text = policy if policy.lstrip().startswith("{") else unquote(policy)
        try:
            policy = json.loads(text, object_pairs_hook=_without_duplicates)
        except (json.JSONDecodeError, RecursionError) as error:
            raise PolicyShapeError(f"the policy is not JSON: {error}") from error
    if not isinstance(policy, Mapping):
        raise PolicyShapeError("the policy is not a JSON object")
    return policy


def statements_of(policy: object) -> list[Mapping[str, Any]]:
    """Return the statements of a policy, each with an Effect. Raises PolicyShapeError."""
    listed = policy_of(policy).get("Statement", [])
    found: list[Mapping[str, Any]] = []
    for number, statement in enumerate(listed if isinstance(listed, list | tuple) else [listed], 1):
        if not isinstance(statement, Mapping):
            raise PolicyShapeError(f"statement {number} of the policy is not an object")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyShapeError(f"statement {number} has an Effect that is neither Allow nor Deny")
        found.append(statement)
    return found


def allow_statements(policy: object) -> tuple[AllowStatement, ...]:
    """Return what a policy allows, by statement. Raises PolicyShapeError, also where an action or a resource
    is missing or is not text: what is left out would go unjudged.
    """
    return tuple(_allows(policy))


def _allows(policy: object) -> Iterator[AllowStatement]:
    """Yield what each Allow names."""
    for number, statement in enumerate(statements_of(policy), 1):
        if statement["Effect"] == "Allow":
            yield AllowStatement(
                _patterns(statement, "Action", number),
                _patterns(statement, "Resource", number),
                "NotAction" in statement or "NotResource" in statement,
            )


def texts(value: object, what: str) -> tuple[str, ...]:
    """Return a text or a list of texts as a tuple; anything else raises PolicyShapeError, naming `what`."""
    listed = value if isinstance(value, list) else [value]
    found = tuple(item for item in listed if isinstance(item, str))
    if len(found) != len(listed) or not found:
        raise PolicyShapeError(f"{what} is missing or is not text")
    return found


def _patterns(statement: Mapping[str, Any], element: str, number: int) -> tuple[str, ...]:
    """Return the patterns of an element, or of its complement."""
    value = statement.get(element, statement.get(f"Not{element}"))
    return texts(value, f"statement {number}: {element}")


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the members of an object, no name of which stands in it twice."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise PolicyShapeError(f"the key `{key}` occurs twice in one object")
        found[key] = value
    return found
