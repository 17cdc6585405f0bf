"""Unmodelled: what AWS does not document about a policy, each fact an axis of its own with two classes.

A fact has a name, which is the same for the same fact: it is so, or it is not, for every statement alike.
A condition and its negation rest on one fact, and so do an element and its `Not…`: whatever the fact is, one
of the two holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeAlias

from s3_perimeter.documents.document import Condition, Principals
from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.nearest import nearest
from s3_perimeter.documents.nodes import visible
from s3_perimeter.proof.keys import JOINT_KEYS, KEYS, key_named
from s3_perimeter.semantics.conditions import ADDRESS_KEYS, open_values
from s3_perimeter.semantics.networks import advice_on_value

__all__ = [
    "EITHER",
    "IS_NOT",
    "IS_SO",
    "Assumption",
    "of_condition",
    "of_principals",
    "of_texts",
    "shown_condition",
    "shown_principals",
    "shown_texts",
]

Assumption: TypeAlias = tuple[str, bool]
"""Something that is not documented, by its name, and which way it is taken to be. One name is one fact: it is
the same for every statement, and for a condition and its negation it is one way for one and the other for the
other.
"""

IS_SO, IS_NOT, EITHER = 0b01, 0b10, 0b11
"""The classes of such an axis, as bits."""

_OTHER = {"ForAnyValue": "ForAllValues", "ForAllValues": "ForAnyValue"}


def of_condition(condition: Condition, *, absent: bool) -> Assumption:
    """Return the fact that an undecided condition rests on, and which way it holds; with `absent`, it may be
    asked of an absent key too, of which `IfExists` says something else.
    """
    positive, negated = condition.positive, condition.is_negated
    qualifier: str = condition.qualifier or ""
    if open_values(condition):
        # A reader may take the whole list for void: then neither the condition nor its negation holds.
        positive, negated = condition.operator, False
    elif negated:
        qualifier = _OTHER.get(qualifier, "")
    values = sorted(set(condition.values))
    if positive == "Null" and values == ["false"]:
        values, negated = ["true"], True
    name, slash, tag = condition.key.partition("/")
    if absent and condition.if_exists and not negated and qualifier != "ForAllValues":
        positive = f"{positive}IfExists"
    return f"{qualifier}{positive} {folded(name)}{slash}{tag} {_values(condition)}", not negated


def of_principals(named: Principals, *, negated: bool) -> Assumption:
    """Return the fact that an undecided `Principal` or `NotPrincipal` rests on, and which way."""
    return f"Principal {_names(named)}", not negated


def of_texts(element: str, patterns: Iterable[str], *, negated: bool) -> Assumption:
    """Return the fact that an undecided `Action` or `Resource`, or its `Not…`, rests on, and which way."""
    return f"{element} {_quoted(sorted(set(patterns)))}", not negated


def shown_condition(condition: Condition) -> str:
    """Return an undecided condition as a person would write it, and what is wrong with it where that is
    known: the one value, and how to write it.
    """
    what = f"condition `{condition.spelled}` on `{visible(condition.key)}`: "
    if condition.positive == "IpAddress":
        advice = [found for value in condition.values if (found := advice_on_value(value))]
        if advice:
            return what + "; ".join(f"{each.problem}, {each.remedy}" for each in advice)
    shown = what + _values(condition)
    name = condition.name
    if name in ADDRESS_KEYS:
        return f"{shown}; only IP address operators are documented for it, such as `NotIpAddress`"
    if condition.operator in ("Bool", "Null"):
        return f"{shown}; only `true` and `false` are documented, in exactly this case"
    if key_named(name) is None and name not in JOINT_KEYS:
        near = nearest(condition.key, [key.name for key in (*KEYS, *JOINT_KEYS.values())])
        return f"{shown}; did you mean `{near}`?" if near else shown
    return shown


def shown_principals(named: Principals, *, negated: bool) -> str:
    """Return an undecided `Principal` or `NotPrincipal` in one line."""
    return f"`{'NotPrincipal' if negated else 'Principal'}` {_names(named) or 'without a value'}"


def shown_texts(element: str, patterns: Iterable[str], *, negated: bool) -> str:
    """Return an undecided `Action` or `Resource` in one line."""
    return f"`{'Not' if negated else ''}{element}` {_quoted(patterns) or 'without a value'}"


def _values(condition: Condition) -> str:
    """Return a condition's values in one line. What looks like a variable was text before 2012-10-17."""
    text = "" if condition.variables else " as text"
    return _quoted(sorted(set(condition.values))) + text


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
