"""Restrict: in which dimensions a statement covers less than everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from s3_perimeter.actions import find_action
from s3_perimeter.documents.document import Condition, Principals, Statement
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.axis import Side
from s3_perimeter.proof.keys import (
    IDENTITY,
    JOINT_KEYS,
    SERVICE,
    TIME,
    TRANSPORT,
    Key,
    Presence,
    Shape,
    key_named,
)
from s3_perimeter.proof.values import modelled
from s3_perimeter.semantics.conditions import holds, negation, open_values
from s3_perimeter.semantics.evaluation import resource_matches
from s3_perimeter.semantics.patterns import folded, widened
from s3_perimeter.semantics.readings import date, number

__all__ = [
    "Place",
    "Placed",
    "Restricted",
    "ambiguous_keys",
    "covered_resources",
    "key_of",
    "known_key",
    "place_of",
    "restricted",
]

_EVERY_ACTION = frozenset({"*", "s3:*"})
_DIMENSION_OF = {
    **dict.fromkeys((*IDENTITY, *SERVICE), "who"),
    **dict.fromkeys(TIME, "time"),
    **dict.fromkeys(TRANSPORT, "transport"),
}


class Place(NamedTuple):
    """The one bucket that the question is about."""

    bucket: str
    partition: str
    account: str | None

    @property
    def bucket_arn(self) -> str:
        """The ARN that bucket actions need."""
        return f"{self.head}{self.bucket}"

    @property
    def head(self) -> str:
        """What every bucket's ARN begins with, up to the fifth colon."""
        return f"arn:{self.partition}:s3:::"


def place_of(perimeter: Perimeter) -> Place:
    """Return the bucket of a perimeter."""
    return Place(perimeter.bucket, perimeter.partition, perimeter.account)


class Placed(NamedTuple):
    """One condition in its dimension: its key in lower case, and whether its answer is known for every value.

    Where it is not, it is known of the absent key at least, unless the key is `ambiguous`: one of which it is
    not documented which requests have it, or one that may be several.
    """

    condition: Condition
    key: str
    known: bool
    ambiguous: bool = False


class Restricted(NamedTuple):
    """One statement by the dimensions that it restricts; `conditions` are by dimension."""

    side: Side
    conditions: dict[str, tuple[Placed, ...]]
    who: bool
    action: bool
    covers_bucket: bool | None
    """None: not documented."""
    covers_objects: bool | None
    """None: some of them, so that the dimension "object" decides."""

    @property
    def named(self) -> Principals:
        """Whom the statement names or spares."""
        return _named(self.side.statement)


def key_of(name: str) -> Key | None:
    """Return the key of that name in lower case, those of joint dimensions included."""
    return JOINT_KEYS.get(name) or key_named(name)


def known_key(name: str) -> Key:
    """Return the key of that name in lower case; of one that is not known to reach S3 nothing is known."""
    return key_named(name) or Key(name, Shape.TEXT, (Presence.DOUBTFUL,) * 5)


def restricted(side: Side, place: Place, ambiguous: frozenset[str] = frozenset()) -> Restricted:
    """Place one statement. `ambiguous` are keys, in lower case, that may be one key or several."""
    statement = side.statement
    conditions: dict[str, list[Placed]] = {}
    never = False
    for condition in statement.conditions:
        name = folded(condition.key)
        if _is_foreign(name, statement):
            # None of the statement's actions has the key: only its absence counts.
            never = never or holds(condition, None, variables=side.variables) is False
            continue
        unclear = name in ambiguous or key_of(name) is None
        placed = Placed(condition, name, _decidable(condition, name, side.variables), unclear)
        conditions.setdefault(_DIMENSION_OF.get(name, f"key:{name}"), []).append(placed)
    bucket, objects = (False, False) if never else covered_resources(side, place)
    return Restricted(
        side,
        {dimension: tuple(listed) for dimension, listed in conditions.items()},
        statement.principals is None or not _everyone(_named(statement)) or "who" in conditions,
        not _every_action(statement.actions),
        bucket,
        objects,
    )


def _is_foreign(name: str, statement: Statement) -> bool:
    """Whether a key is one of other actions than a statement names; a wildcard may name actions to come."""
    key = key_named(name)
    if key is None or key.actions is None or not statement.actions:
        return False
    takes = {folded(action) for action in key.actions}
    return all(find_action(action) and folded(action) not in takes for action in statement.actions)


def ambiguous_keys(sides: Iterable[Side]) -> frozenset[str]:
    """Return the keys of tags that are spelled in several cases: names of condition keys are not
    case-sensitive, the tags of objects are.
    """
    spellings: dict[str, set[str]] = {}
    for side in sides:
        for condition in side.statement.conditions:
            if "/" in condition.key:
                tag = condition.key.partition("/")[2]
                spellings.setdefault(folded(condition.key), set()).add(tag)
    return frozenset(name for name, spelled in spellings.items() if len(spelled) > 1)


def _decidable(condition: Condition, name: str, variables: bool) -> bool:
    """Whether the condition has a known answer for every value of its key."""
    key = key_of(name)
    if name == "aws:epochtime" and condition.operator.startswith("Numeric"):
        return _known_seconds(condition, variables)
    if key and name == "s3:tlsversion" and condition.operator.startswith("String"):
        key = key._replace(shape=Shape.TEXT)
    return key is not None and modelled(condition, key, variables=variables)


def _known_seconds(condition: Condition, variables: bool) -> bool:
    """Whether a numeric condition on the time has a known answer at any moment."""
    # Seconds that no calendar reaches are no moment to look at.
    return (
        bool(condition.values)
        and condition.qualifier is None
        and not open_values(condition, variables=variables)
        and all(number(value) is None or date(value) for value in condition.values)
    )


def _named(statement: Statement) -> Principals:
    """Return whom a statement names or spares."""
    return statement.principals or statement.not_principals or Principals()


def _everyone(named: Principals) -> bool:
    """Whether a Principal element names everybody, whoever else it names beside."""
    return named.everyone or "*" in named.aws


def _every_action(actions: tuple[str, ...] | None) -> bool:
    """Whether the element plainly covers every action."""
    return actions is not None and any(folded(action) in _EVERY_ACTION for action in actions)


def covered_resources(side: Side, place: Place) -> tuple[bool | None, bool | None]:
    """Return whether the statement covers the bucket (None: not documented), and all, none or (None) some
    objects.
    """
    statement = side.statement
    patterns = statement.resources if statement.resources is not None else statement.not_resources or ()
    bucket = resource_matches(patterns, place.bucket_arn, variables=side.variables)
    objects = _objects(patterns, place.head, place.bucket, variables=side.variables) if patterns else None
    if statement.resources is None:
        return negation(bucket), negation(objects)
    return bucket, objects


def _objects(patterns: Iterable[str], head: str, bucket: str, *, variables: bool) -> bool | None:
    """Return whether the patterns plainly cover every object, or plainly none; None where they may cover
    some.
    """
    start = f"{head}{bucket}/"
    some: bool | None = False
    for pattern in patterns:
        if pattern in ("*", f"{start}*", f"{head}*"):
            return True
        wide = widened(pattern, wildcards=True) if variables else pattern
        literal = wide.split("*")[0].split("?")[0]
        exact = literal == wide
        if (
            (exact and literal.startswith(start) and literal != start)
            or (not exact and (literal.startswith(start) or start.startswith(literal)))
            or "$" in wide
        ):
            some = None
    return some
