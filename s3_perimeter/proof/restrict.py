"""Restrict: in which dimensions a statement covers less than everything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from s3_perimeter.documents.document import Condition, Principals, Statement
from s3_perimeter.proof.keys import IDENTITY, SERVICE, TIME, TRANSPORT, Key, Presence, Shape, key_named
from s3_perimeter.proof.model import Part, Side
from s3_perimeter.proof.networks import address_set
from s3_perimeter.proof.values import modelled
from s3_perimeter.proof.who import modelled_principals
from s3_perimeter.semantics.conditions import open_values
from s3_perimeter.semantics.evaluation import resource_matches
from s3_perimeter.semantics.patterns import folded, has_variable
from s3_perimeter.semantics.readings import date, number
from s3_perimeter.semantics.resources import decided_after

__all__ = ["Place", "Restricted", "ambiguous_keys", "key_of", "known_key", "restricted", "spellings"]

_EVERY_ACTION = frozenset({"*", "s3:*"})
_ALWAYS = (Presence.PRESENT,) * 5
_JOINT_KEYS = {
    "aws:principalarn": Key("aws:PrincipalArn", Shape.ARN, _ALWAYS),
    "aws:principalaccount": Key("aws:PrincipalAccount", Shape.ACCOUNT, _ALWAYS),
    "aws:principaltype": Key("aws:PrincipalType", Shape.TEXT, _ALWAYS),
    "aws:username": Key("aws:username", Shape.TEXT, _ALWAYS),
    "aws:principalservicename": Key("aws:PrincipalServiceName", Shape.SERVICE, _ALWAYS),
    "aws:currenttime": Key("aws:CurrentTime", Shape.MOMENT, _ALWAYS),
    "aws:epochtime": Key("aws:EpochTime", Shape.MOMENT, _ALWAYS),
    "aws:securetransport": Key("aws:SecureTransport", Shape.CHOICE, _ALWAYS),
    "s3:tlsversion": Key("s3:TlsVersion", Shape.NUMBER, _ALWAYS),
}
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


class Restricted(NamedTuple):
    """One statement by the dimensions that it restricts.

    `conditions` are by dimension. `opaque` names what is not modelled: each entry is a dimension of its own
    that is either true or false, the same for every statement that holds the same text.
    """

    side: Side
    conditions: dict[str, tuple[Condition, ...]]
    opaque: tuple[str, ...]
    who: bool
    action: bool
    covers_bucket: bool
    covers_objects: bool | None
    """None: some of them, so that the dimension "object" decides."""

    @property
    def named(self) -> Principals:
        """Whom the statement names or spares."""
        return _named(self.side.statement)


def key_of(name: str) -> Key | None:
    """Return the key of that name in lower case, those of joint dimensions included."""
    return _JOINT_KEYS.get(name) or key_named(name)


def known_key(name: str) -> Key:
    """Return the key of that name in lower case, which is a dimension of its own and so is known."""
    found = key_named(name)
    if found is None:
        raise LookupError(name)
    return found


def restricted(
    side: Side,
    place: Place,
    ambiguous: frozenset[str] = frozenset(),
    spelled: Mapping[str, str] | None = None,
) -> Restricted:
    """Place one statement. `ambiguous` are keys, in lower case, that may be one key or several; `spelled`
    says how to show a key, by what is the same of all its spellings.
    """
    statement = side.statement
    conditions: dict[str, list[Condition]] = {}
    opaque: list[str] = []
    for condition in statement.conditions:
        name = folded(condition.key)
        if name not in ambiguous and _decidable(condition, name, side.variables):
            conditions.setdefault(_DIMENSION_OF.get(name, f"key:{name}"), []).append(condition)
        else:
            opaque.append(_told(condition, side.variables, spelled or {}))
    named = _named(statement)
    # Whom an unmodelled one surely does not name, such as the anonymous, is known all the same.
    who = statement.principals is None or not _everyone(named)
    if who and (side.part is Part.POSSIBLE or not modelled_principals(named)):
        sign = "NotPrincipal" if statement.principals is None else "Principal"
        opaque.append(f"`{sign}` {_names(named)}")
    bucket, objects = _resources(side, place)
    if bucket is None or objects == "opaque":
        sign, patterns = "Resource", statement.resources
        if patterns is None:
            sign, patterns = "NotResource", statement.not_resources
        opaque.append(f"`{sign}` {_quoted(patterns or ())}")
    return Restricted(
        side,
        {dimension: tuple(listed) for dimension, listed in conditions.items()},
        tuple(dict.fromkeys(opaque)),
        who or "who" in conditions,
        not _every_action(statement.actions, statement.not_actions),
        bucket is not False,
        True if objects == "opaque" else None if objects is None else bool(objects),
    )


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
    return (
        key is not None
        and modelled(condition, key, variables=variables)
        and not (
            key.shape is Shape.ADDRESS
            and condition.operator != "Null"
            and address_set(condition, variables=variables) is None
        )
    )


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


def _every_action(actions: tuple[str, ...] | None, not_actions: tuple[str, ...] | None) -> bool:
    """Whether the element plainly covers every action."""
    if actions is not None:
        return any(folded(action) in _EVERY_ACTION for action in actions)
    return not not_actions


def _resources(side: Side, place: Place) -> tuple[bool | None, bool | str | None]:
    """Return whether the statement covers the bucket (None: unknown), and all, none or (None) some
    objects.
    """
    statement = side.statement
    patterns = statement.resources if statement.resources is not None else statement.not_resources
    head = place.head
    plain = [
        each
        for each in patterns or ()
        if not has_variable(each, variables=side.variables)
        and decided_after(each, head, variables=side.variables)
    ]
    unknown = len(plain) < len(patterns or ())
    bucket: bool | None = bool(resource_matches(plain, f"{head}{place.bucket}", variables=side.variables))
    objects = _objects(plain, head, place.bucket)
    if unknown:
        bucket = bucket or None
        if objects is not True:
            spared = statement.resources is None and bucket is not None
            return (not bucket if spared else bucket), "opaque"
    if statement.resources is None:
        return (None if bucket is None else not bucket), (None if objects is None else not objects)
    return bucket, objects


def _objects(patterns: Iterable[str], head: str, bucket: str) -> bool | None:
    """Return whether the patterns plainly cover every object, or plainly none; None where they may cover
    some.
    """
    start = f"{head}{bucket}/"
    some: bool | None = False
    for pattern in patterns:
        if pattern in ("*", f"{start}*", f"{head}*"):
            return True
        literal = pattern.split("*")[0].split("?")[0]
        exact = literal == pattern
        if (
            (exact and literal.startswith(start) and literal != start)
            or (not exact and (literal.startswith(start) or start.startswith(literal)))
            or "$" in pattern
        ):
            some = None
    return some


def spellings(sides: Iterable[Side]) -> dict[str, str]:
    """Return the first spelling of each condition key, by what is the same of all its spellings."""
    found: dict[str, str] = {}
    for side in sides:
        for condition in side.statement.conditions:
            found.setdefault(_same(condition.key), condition.key)
    return found


def _same(key: str) -> str:
    """Return what is the same of all spellings of a key: its case says nothing but in the name of a tag."""
    name, slash, tag = key.partition("/")
    return folded(name) + slash + tag


def _told(condition: Condition, variables: bool, spelled: Mapping[str, str]) -> str:
    """Return a condition as a person would write it; equal texts mean equal conditions."""
    qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
    if_exists = "IfExists" if condition.if_exists else ""
    values = _quoted(sorted(condition.values))
    # Before Version 2012-10-17 what looks like a variable is text.
    as_text = " as text" if not variables and any("${" in value for value in condition.values) else ""
    key = _quoted([spelled.get(_same(condition.key), condition.key)])
    return f"condition `{qualifier}{condition.operator}{if_exists}` on `{key}`: {values}{as_text}"


def _quoted(values: Iterable[str]) -> str:
    """Return values in one line; only equal values give equal lines."""
    return ", ".join(
        value if value.isprintable() and not set(value) & set(', "\\') else json.dumps(value)
        for value in values
    )


def _names(named: Principals) -> str:
    """Return the names of a Principal element in one line."""
    everyone = ("*",) if named.everyone else ()
    return "; ".join(
        f"{kind} {_quoted(sorted(names))}"
        for kind, names in (
            ("everyone", everyone),
            ("AWS", named.aws),
            ("Service", named.service),
            ("Federated", named.federated),
            ("CanonicalUser", named.canonical_user),
        )
        if names
    )
