"""Trust policies (who may assume a role) as lists of who has access under which conditions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from s3_perimeter.documents.statements import PolicyShapeError, statements_of, texts

__all__ = ["Trusted", "trusted"]


@dataclass(frozen=True, slots=True)
class Trusted:
    """One Allow statement: principals by kind (`AWS`, `Federated`, `Service`), None where it names them by
    exception; the actions, None likewise; the condition keys that it narrows by, in lower case.
    """

    principals: Mapping[str, tuple[str, ...]] | None
    actions: tuple[str, ...] | None
    keys: frozenset[str]


def trusted(text: str) -> tuple[Trusted, ...]:
    """Return the Allow statements of the document. Raises PolicyShapeError where it cannot be read."""
    return tuple(_trusted(statements_of(text)))


def _trusted(statements: Sequence[Mapping[str, object]]) -> Iterator[Trusted]:
    for number, statement in enumerate(statements, 1):
        if statement["Effect"] != "Allow":
            continue
        what = f"statement {number}"
        given = statement.get("Principal")
        principals = {"AWS": given} if isinstance(given, str) else given
        if "NotPrincipal" not in statement and not isinstance(principals, Mapping):
            raise PolicyShapeError(f"{what}: Principal is missing or no object")
        by_kind = None
        if isinstance(principals, Mapping) and "NotPrincipal" not in statement:
            by_kind = {kind: texts(names, f"{what}: Principal") for kind, names in principals.items()}
        actions = None
        if "NotAction" not in statement:
            actions = texts(statement.get("Action"), f"{what}: Action")
        yield Trusted(by_kind, actions, frozenset(_keys(statement.get("Condition"), what)))


def _keys(condition: object, what: str) -> Iterator[str]:
    """Yield the keys that narrow whom the statement allows: a positive operator asks for one of some
    values.
    """
    if condition is None:
        return
    if not isinstance(condition, Mapping):
        raise PolicyShapeError(f"{what}: Condition is not an object ({json.dumps(condition)[:40]})")
    for operator, keys in condition.items():
        if not isinstance(keys, Mapping):
            raise PolicyShapeError(f"{what}: Condition `{operator}` is not an object")
        name = operator.lower()
        # A negated operator, or one that an absent key satisfies, names nobody.
        if "not" in name or name.endswith("ifexists") or name.startswith("forallvalues:") or name == "null":
            continue
        for key, values in keys.items():
            listed = values if isinstance(values, list) else [values]
            # `role/*` names nobody either.
            parts = [
                str(value).rpartition("/")[2] if key.lower() == "aws:principalarn" else str(value)
                for value in listed
            ]
            if parts and all(part.strip("*?") for part in parts):
                yield key.lower()
