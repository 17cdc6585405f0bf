"""Denies: what each statement of a policy restricts, and what of it is not modelled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from s3_perimeter.actions import find_action
from s3_perimeter.documents.document import Condition, Principals, Rules, Statement
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.operators import COMPARISONS
from s3_perimeter.proof.bucket import Bucket, covered_resources
from s3_perimeter.proof.condition_key import GREATEST_NUMBER, Key, Shape
from s3_perimeter.proof.keys import PRINCIPAL_KEYS, TLS_VERSION, key_of
from s3_perimeter.semantics.conditions import holds, open_values
from s3_perimeter.semantics.patterns import has_variable
from s3_perimeter.semantics.readings import date, number

__all__ = [
    "AnalyzedCondition",
    "AnalyzedStatement",
    "ambiguous_keys",
    "analyzed",
    "denies_of",
]

_EVERY_ACTION = frozenset({"*", "s3:*"})
_OF_PRINCIPALS = frozenset(PRINCIPAL_KEYS)
_OF_TEXT = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike"})
_MODELLED: dict[Shape, frozenset[str]] = {
    Shape.TEXT: _OF_TEXT,
    Shape.ARN: _OF_TEXT | {"ArnEquals", "ArnLike"},
    Shape.ACCOUNT: _OF_TEXT,
    Shape.SERVICE: _OF_TEXT,
    Shape.CHOICE: _OF_TEXT | {"Bool"},
    Shape.ADDRESS: frozenset({"IpAddress"}),
    Shape.NUMBER: frozenset(f"Numeric{how}" for how in COMPARISONS),
    Shape.MOMENT: frozenset(f"Date{how}" for how in COMPARISONS),
}
"""The positive operators of which it is known what they make of every value of a shape."""


class AnalyzedCondition(NamedTuple):
    """One condition, and whether its answer is `known` for every value of its key.

    Where it is not, its answer to an absent key is still known, unless the key is `ambiguous`: either it is
    not documented which requests have the key, or the name may stand for several keys.
    """

    condition: Condition
    known: bool
    ambiguous: bool = False


class AnalyzedStatement(NamedTuple):
    """One statement and what it restricts.

    `covers_bucket` is None where that is not documented. `covers_objects` is None where the statement may
    cover some objects only: the axis of objects decides. `conditions` leaves out conditions on keys that none
    of the statement's actions carries.
    """

    statement: Statement
    conditions: tuple[AnalyzedCondition, ...]
    restricts_principals: bool
    restricts_actions: bool
    covers_bucket: bool | None
    covers_objects: bool | None

    @property
    def is_plain(self) -> bool:
        """Whether conditions alone distinguish its requests, and it is known what they say of every value."""
        return (
            not (self.restricts_principals or self.restricts_actions)
            and self.covers_bucket is not None
            and self.covers_objects is not None
            and all(each.known and not each.ambiguous for each in self.conditions)
        )

    def conditions_on(self, keys: Sequence[str]) -> list[AnalyzedCondition]:
        """Return the conditions on some keys, in their order."""
        return [each for each in self.conditions if each.condition.name in keys] if keys else []


def denies_of(policy: Rules) -> list[Statement]:
    """Return the Denies as they are written."""
    return [each for each in policy.rules if each.effect == "Deny"]


def analyzed(
    statement: Statement, bucket: Bucket, ambiguous: frozenset[str] = frozenset()
) -> AnalyzedStatement:
    """Return what one statement restricts. `ambiguous` are keys, in lower case, that may be one key or
    several.
    """
    conditions: list[AnalyzedCondition] = []
    never = by_principal = False
    for condition in statement.conditions:
        name = condition.name
        key = key_of(name)
        if _is_foreign(key, statement):
            # None of the statement's actions has the key: only its absence counts.
            never = never or holds(condition, None) is False
            continue
        by_principal = by_principal or name in _OF_PRINCIPALS
        unclear = name in ambiguous or key is None
        conditions.append(AnalyzedCondition(condition, _is_modelled(condition, name, key), unclear))
    covers_bucket, covers_objects = (False, False) if never else covered_resources(statement, bucket)
    return AnalyzedStatement(
        statement,
        tuple(conditions),
        by_principal or statement.principals is None or not _everyone(statement.principals),
        not _every_action(statement.actions),
        covers_bucket,
        covers_objects,
    )


def ambiguous_keys(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the keys, in lower case, that may be one key or several.

    Names of condition keys are not case-sensitive and the tags of objects are, so that one tag may be spelled
    in several cases. And where some conditions take the version of TLS for a number and others for a text, no
    list of versions stands for all of them.
    """
    conditions = [each for statement in statements for each in statement.conditions]
    spellings: dict[str, set[str]] = {}
    for condition in conditions:
        if "/" in condition.key:
            tag = condition.key.partition("/")[2]
            spellings.setdefault(condition.name, set()).add(tag)
    several = frozenset(name for name, spelled in spellings.items() if len(spelled) > 1)
    operators = [each.operator for each in conditions if each.name == TLS_VERSION]
    both = bool(operators) and all(
        any(sort in operator for operator in operators) for sort in ("Numeric", "String")
    )
    return several | {TLS_VERSION} if both else several


def _is_foreign(key: Key | None, statement: Statement) -> bool:
    """Whether a key is one of other actions than a statement names; a wildcard may name actions to come."""
    if key is None or key.actions is None or not statement.actions:
        return False
    takes = {folded(action) for action in key.actions}
    return all(find_action(action) and folded(action) not in takes for action in statement.actions)


def _is_modelled(condition: Condition, name: str, key: Key | None) -> bool:
    """Whether the answer of a condition is known for every value of its key, if not for an absent one; `name`
    is the key's in lower case.
    """
    if name == "aws:epochtime" and condition.operator.startswith("Numeric"):
        return _seconds_are_modelled(condition)
    if key and name == TLS_VERSION and condition.operator.startswith("String"):
        key = key._replace(shape=Shape.TEXT)
    return key is not None and _key_is_modelled(condition, key)


def _seconds_are_modelled(condition: Condition) -> bool:
    """Whether a numeric condition on the time has a known answer at any moment."""
    # Seconds that no calendar reaches are no moment to look at.
    return (
        bool(condition.values)
        and condition.qualifier is None
        and not open_values(condition)
        and all(number(value) is None or date(value) for value in condition.values)
    )


def _key_is_modelled(condition: Condition, key: Key) -> bool:
    """Whether the answer of a condition is known for every value of a key, by the shape of its values."""
    if condition.operator == "Null":
        values = set(condition.values)
        return not condition.qualifier and bool(values) and values <= {"true", "false"}
    positive = condition.positive
    return (
        bool(condition.values)
        and (bool(condition.qualifier) or not key.many)
        and positive in _MODELLED[key.shape]
        and not open_values(condition)
        # Of networks, the values are none of those that leave something open.
        and (
            positive == "IpAddress"
            or all(_value_is_modelled(value, positive, condition.variables) for value in condition.values)
        )
    )


def _value_is_modelled(value: str, positive: str, variables: bool) -> bool:
    """Whether it is known what a positive operator makes of one value of the policy."""
    text = positive.startswith(("String", "Arn"))
    return not (
        (has_variable(value, variables=variables) and not text)
        or (positive == "Bool" and value not in ("true", "false"))
        or (positive.startswith("Numeric") and abs(number(value) or Decimal(0)) >= GREATEST_NUMBER)
        or (positive.startswith("Arn") and value.count(":") < 5)
        or (positive == "StringEqualsIgnoreCase" and not value.isascii())
    )


def _everyone(named: Principals) -> bool:
    """Whether a Principal element names everybody, whoever else it names."""
    return named.everyone or "*" in named.aws


def _every_action(actions: tuple[str, ...] | None) -> bool:
    """Whether the element plainly covers every action."""
    return actions is not None and not _EVERY_ACTION.isdisjoint(map(folded, actions))
