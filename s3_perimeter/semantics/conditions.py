"""Conditions: whether one condition of a statement holds for the values that a request carries.

Every function answers True, False, or None for "cannot be decided": the policy leans on something that AWS
does not document or that differs from request to request. Source: "IAM JSON policy elements: Condition
operators".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from s3_perimeter.documents.document import Condition
from s3_perimeter.documents.folding import folded
from s3_perimeter.semantics.matchers import MATCHERS
from s3_perimeter.semantics.patterns import has_variable, matches, widened
from s3_perimeter.semantics.readings import NETWORKS, Reading, networks, reading_of

__all__ = ["ADDRESS_KEYS", "all_of", "any_of", "holds", "negation", "open_values"]

ADDRESS_KEYS = frozenset({"aws:sourceip", "aws:vpcsourceip", "aws:ec2instancesourceprivateipv4"})
"""Keys, in lower case, that "work with IP address operators" ("AWS global condition context keys"); what
another operator makes of them is not documented.
"""


def holds(condition: Condition, values: tuple[str, ...] | None) -> bool | None:
    """Whether the condition holds for a key's values, None of them being the absent key."""
    if condition.operator == "Null":
        return _null(condition, values)
    if not values:
        return _absent(condition)
    if not condition.values:
        return None
    if condition.name in ADDRESS_KEYS and condition.positive not in ("IpAddress", "Null"):
        return None
    if condition.qualifier:
        return _set_holds(condition, values)
    if len(values) > 1:
        # "Set operators for multivalued context keys": without one the result is not defined.
        return None
    return _value_holds(condition, values[0])


def _set_holds(condition: Condition, values: tuple[str, ...]) -> bool | None:
    """``ForAnyValue`` and ``ForAllValues``. An empty text is no value ("a null data set, such as an empty
    string") or one like any other: what holds one way only is undecided.
    """
    over = any_of if condition.qualifier == "ForAnyValue" else all_of
    found = over(_value_holds(condition, value) for value in values)
    if "" not in values:
        return found
    others = tuple(value for value in values if value)
    without = _set_holds(condition, others) if others else _absent(condition)
    return found if found is without else None


def _null(condition: Condition, values: tuple[str, ...] | None) -> bool | None:
    """``Null`` tests the absence itself, by `true` and `false` in exactly this case."""
    if condition.qualifier or condition.if_exists:
        return None
    wanted = set(condition.values)
    if not wanted or not wanted <= {"true", "false"}:
        return None
    return ("false" if values else "true") in wanted


def _absent(condition: Condition) -> bool | None:
    """An absent key: ``…IfExists``, negated operators and ``ForAllValues`` hold, everything else does not.

    ``IfExists`` makes it true and ``ForAnyValue`` false; which of them wins is not documented.
    """
    if condition.qualifier == "ForAnyValue":
        return None if condition.if_exists else False
    if condition.if_exists or condition.qualifier == "ForAllValues":
        return True
    return condition.is_negated


def _value_holds(condition: Condition, value: str) -> bool | None:
    """One value: a positive operator wants it to match any of the policy's values, a negated one none."""
    matcher = MATCHERS.get(condition.positive)
    if matcher is None or open_values(condition):
        return None
    found: bool | None = False
    for wanted in condition.values:
        answer = (
            _variable_matches(condition.positive, wanted, value)
            if has_variable(wanted, variables=condition.variables)
            else matcher(wanted, value, condition.variables)
        )
        if answer:
            found = True
            break
        if answer is None:
            found = None
    return negation(found) if condition.is_negated else found


def _variable_matches(positive: str, wanted: str, value: str) -> bool | None:
    """One value with a policy variable, which differs from request to request: at most it matches what it
    would match with anything in the variable's place, and at least nothing.
    """
    if positive.startswith("String"):
        wide = widened(wanted, wildcards=positive == "StringLike")
        fold = positive == "StringEqualsIgnoreCase"
        if fold and not (wanted.isascii() and value.isascii()):
            return None
        found = (
            matches(folded(wide), folded(value), variables=True)
            if fold
            else matches(wide, value, variables=True)
        )
        return None if found else False
    if positive.startswith("Arn"):
        return None if matches(widened(wanted, wildcards=True), value, variables=True) else False
    return None


def open_values(condition: Condition) -> bool:
    """Whether the values of a numeric, date or address condition leave open what it says of any value.

    A list of networks means something only if each of its values is a network: readers differ on what a
    list with another value in it is. A number or date that cannot be read matches nothing, but nothing may
    lean on that: a negated operator needs values that can be read. Policy variables are for string and ARN
    operators only ("IAM policy elements: Variables and tags"), and a value that readers take differently is
    none to build on.
    """
    reading = reading_of(condition.positive)
    if reading is None or not condition.values:
        return False
    return networks(condition.values) is None if reading is NETWORKS else _left_open(condition, reading)


@lru_cache(maxsize=1024)
def _left_open(condition: Condition, reading: Reading) -> bool:
    """Whether values that are read so leave open what their condition says."""
    if any(has_variable(value, variables=condition.variables) for value in condition.values):
        return True
    if any(reading.doubtful(value) for value in condition.values):
        return True
    return condition.is_negated and any(reading.read(value) is None for value in condition.values)


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Or, with "cannot be decided" as the third answer."""
    undecided = False
    for answer in answers:
        if answer:
            return True
        undecided = undecided or answer is None
    return None if undecided else False


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """And, with "cannot be decided" as the third answer."""
    undecided = False
    for answer in answers:
        if answer is None:
            undecided = True
        elif not answer:
            return False
    return None if undecided else True


def negation(answer: bool | None) -> bool | None:
    """Not, with "cannot be decided" as the third answer."""
    return None if answer is None else not answer
