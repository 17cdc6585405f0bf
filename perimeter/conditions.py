"""Conditions: whether one condition of a statement holds for the values that a request carries.

Every function answers True, False, or None for "cannot be decided": the policy leans on something that AWS
does not document or that differs from request to request. Source: "IAM JSON policy elements: Condition
operators".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from perimeter.addresses import parse_network
from perimeter.document import Condition
from perimeter.patterns import arn_matches, folded, has_variable, literal, matches

__all__ = ["NEGATED", "all_of", "any_of", "date", "holds", "negation", "number", "open_values"]

Matcher = Callable[[str, str, bool], bool | None]

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
"""Each negated operator with the one that it negates."""

_WITH_VARIABLES = ("String", "Arn")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?")
_YEAR = re.compile(r"[0-9]{4}")
_W3C_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)


def holds(condition: Condition, values: tuple[str, ...] | None, *, variables: bool) -> bool | None:
    """Whether the condition holds for a key's values, None of them being the absent key.

    `variables` says that the policy's Version knows policy variables.
    """
    if condition.operator == "Null":
        return _null(condition, values)
    if not values:
        return _absent(condition)
    if not condition.values:
        return None
    if condition.qualifier == "ForAnyValue":
        return any_of(_value_holds(condition, value, variables) for value in values)
    if condition.qualifier == "ForAllValues":
        return all_of(_value_holds(condition, value, variables) for value in values)
    if len(values) > 1:
        # "Set operators for multivalued context keys": without one the result is not defined.
        return None
    return _value_holds(condition, values[0], variables)


def _null(condition: Condition, values: tuple[str, ...] | None) -> bool | None:
    """``Null`` tests the absence itself."""
    if condition.qualifier or condition.if_exists:
        return None
    wanted = {value.lower() for value in condition.values}
    if not wanted or not wanted <= {"true", "false"}:
        return None
    return ("false" if values else "true") in wanted


def _absent(condition: Condition) -> bool:
    """An absent key: ``…IfExists``, negated operators and ``ForAllValues`` hold, everything else does not."""
    if condition.if_exists or condition.qualifier == "ForAllValues":
        return True
    if condition.qualifier == "ForAnyValue":
        return False
    return condition.operator in NEGATED


def _value_holds(condition: Condition, value: str, variables: bool) -> bool | None:
    """One value: a positive operator wants it to match any of the policy's values, a negated one none."""
    positive = NEGATED.get(condition.operator)
    matcher = _MATCHERS.get(positive or condition.operator)
    if matcher is None or (
        _reader(positive or condition.operator) and open_values(condition, variables=variables)
    ):
        return None
    with_variables = condition.operator.startswith(_WITH_VARIABLES)
    found: bool | None = False
    for wanted in condition.values:
        # A policy variable makes it undecidable.
        answer = (
            None
            if with_variables and has_variable(wanted, variables=variables)
            else matcher(wanted, value, variables)
        )
        if answer:
            found = True
            break
        if answer is None:
            found = None
    return negation(found) if positive else found


@lru_cache(maxsize=1024)
def open_values(condition: Condition, *, variables: bool) -> bool:
    """Whether the values of a numeric, date or address condition leave open what it says of any value.

    A value that cannot be read matches nothing, but nothing may lean on that: a negated operator needs one
    that can be read. Policy variables are for string and ARN operators only ("IAM policy elements: Variables
    and tags"), and a date that readers take differently is none to build on.
    """
    positive = NEGATED.get(condition.operator, condition.operator)
    reader = _reader(positive)
    if reader is None or not condition.values:
        return False
    if any(has_variable(value, variables=variables) for value in condition.values):
        return True
    if reader is date and any(_doubtful_date(value) for value in condition.values):
        return True
    return condition.operator in NEGATED and all(reader(value) is None for value in condition.values)


def _reader(positive: str) -> Callable[[str], object] | None:
    """Return what reads the values of a numeric, date or address operator."""
    return _READERS.get(positive)


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


def _string_equals(wanted: str, value: str, variables: bool) -> bool:
    """``StringEquals``: the same characters; wildcards are nothing special."""
    return literal(wanted, variables=variables) == value


def _string_equals_ignore_case(wanted: str, value: str, variables: bool) -> bool:
    """``StringEqualsIgnoreCase``: the same characters but for their case."""
    return folded(literal(wanted, variables=variables)) == folded(value)


def _string_like(wanted: str, value: str, variables: bool) -> bool:
    """``StringLike``: with wildcards, case-sensitive."""
    return matches(wanted, value, variables=variables)


def _arn_like(wanted: str, value: str, variables: bool) -> bool | None:
    """``ArnLike`` and ``ArnEquals``, which behave identically."""
    return arn_matches(wanted, value, variables=variables)


def _bool(wanted: str, value: str, _: bool) -> bool:
    """``Bool``: true or false, in any case."""
    return wanted.lower() in ("true", "false") and wanted.lower() == value.lower()


def _ip_address(wanted: str, value: str, _: bool) -> bool:
    """``IpAddress``: the address lies in the network; what cannot be read matches nothing."""
    network, address = _network(wanted), _network(value)
    if network is None or address is None or "/" in value:
        return False
    return address[0] == network[0] and network[1] <= address[1] <= network[2]


@lru_cache(maxsize=4096)
def _network(text: str) -> tuple[int, int, int] | None:
    """Read a network or an address; None where it is neither."""
    try:
        return parse_network(text)
    except ValueError:
        return None


def _binary_equals(wanted: str, value: str, _: bool) -> bool:
    """``BinaryEquals``: the same bytes, both written as base64."""
    try:
        return base64.b64decode(wanted, validate=True) == base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False


def number(text: str) -> Decimal | None:
    """Read a number as the numeric operators do; None where it is none."""
    bare = text.strip()
    if not _NUMBER.fullmatch(bare):
        # `Decimal` takes more: underscores, digits of other scripts, NaN.
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


@lru_cache(maxsize=4096)
def date(text: str) -> datetime | None:
    """Read a moment as the date operators do: a W3C profile of ISO 8601, or seconds since 1970; None if
    neither.
    """
    bare = text.strip()
    seconds = number(bare)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(float(seconds), UTC)
        if not _W3C_DATE.fullmatch(bare):
            return None
        found = datetime.fromisoformat(bare if len(bare) > len("2027-01") else f"{bare}-01")
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _doubtful_date(text: str) -> bool:
    """Whether readers differ on a date: a year that may be seconds, a leap second, a moment beyond the
    calendar, or another profile of ISO 8601.
    """
    bare = text.strip()
    if _YEAR.fullmatch(bare):
        return True
    if date(bare) is not None:
        return False
    if number(bare) is not None or _W3C_DATE.fullmatch(bare):
        return True
    try:
        datetime.fromisoformat(bare)
    except ValueError:
        return False
    return True


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> Matcher:
    """Return the matcher of a numeric operator; what is no number matches nothing."""

    def matcher(wanted: str, value: str, _: bool) -> bool:
        left, right = number(value), number(wanted)
        return left is not None and right is not None and compare(left, right)

    return matcher


def _dated(compare: Callable[[datetime, datetime], bool]) -> Matcher:
    """Return the matcher of a date operator; what is no date matches nothing."""

    def matcher(wanted: str, value: str, _: bool) -> bool:
        left, right = date(value), date(wanted)
        return left is not None and right is not None and compare(left, right)

    return matcher


_MATCHERS: dict[str, Matcher] = {
    "StringEquals": _string_equals,
    "StringEqualsIgnoreCase": _string_equals_ignore_case,
    "StringLike": _string_like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _bool,
    "IpAddress": _ip_address,
    "BinaryEquals": _binary_equals,
    "NumericEquals": _numeric(lambda value, wanted: value == wanted),
    "NumericLessThan": _numeric(lambda value, wanted: value < wanted),
    "NumericLessThanEquals": _numeric(lambda value, wanted: value <= wanted),
    "NumericGreaterThan": _numeric(lambda value, wanted: value > wanted),
    "NumericGreaterThanEquals": _numeric(lambda value, wanted: value >= wanted),
    "DateEquals": _dated(lambda value, wanted: value == wanted),
    "DateLessThan": _dated(lambda value, wanted: value < wanted),
    "DateLessThanEquals": _dated(lambda value, wanted: value <= wanted),
    "DateGreaterThan": _dated(lambda value, wanted: value > wanted),
    "DateGreaterThanEquals": _dated(lambda value, wanted: value >= wanted),
}

_READERS: dict[str, Callable[[str], object]] = {
    **{name: number for name in _MATCHERS if name.startswith("Numeric")},
    **{name: date for name in _MATCHERS if name.startswith("Date")},
    "IpAddress": _network,
}
