"""Matchers: whether one value of a request matches one value of a policy, for each positive operator.

Every matcher gets the policy's value, the request's, and whether the policy's Version knows variables, and
answers True, False, or None for "cannot be decided". Source: "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import binascii
import operator
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from s3_perimeter.documents.folding import folded
from s3_perimeter.documents.operators import COMPARISONS
from s3_perimeter.semantics.patterns import OTHER_CASES, arn_matches, literal, matches
from s3_perimeter.semantics.readings import date, network, number

__all__ = ["MATCHERS", "Matcher"]

Matcher: TypeAlias = Callable[[str, str, bool], bool | None]

_ORDER = (operator.eq, operator.lt, operator.le, operator.gt, operator.ge)
_COMPARED = dict(zip(COMPARISONS, _ORDER, strict=True))
_TURNED_ASCII = {ord(odd): ascii_one for ascii_one, odds in OTHER_CASES.items() for odd in odds}


def _string_equals(wanted: str, value: str, variables: bool) -> bool:
    """``StringEquals``: the same characters; wildcards are nothing special."""
    return literal(wanted, variables=variables) == value


def _string_equals_ignore_case(wanted: str, value: str, variables: bool) -> bool | None:
    """``StringEqualsIgnoreCase``: the same characters but for their case. Beyond ASCII, what the case of a
    character is differs from reader to reader.
    """
    left, right = folded(literal(wanted, variables=variables)), folded(value)
    if left == right:
        return True
    if left.isascii():
        return None if right.translate(_TURNED_ASCII) == left else False
    return None if left.upper().casefold() == right.upper().casefold() else False


def _string_like(wanted: str, value: str, variables: bool) -> bool:
    """``StringLike``: with wildcards, case-sensitive."""
    return matches(wanted, value, variables=variables)


def _arn_like(wanted: str, value: str, variables: bool) -> bool | None:
    """``ArnLike`` and ``ArnEquals``, which behave identically."""
    return arn_matches(wanted, value, variables=variables)


def _bool(wanted: str, value: str, _: bool) -> bool | None:
    """``Bool``: `true` or `false`; what another spelling means is not documented."""
    return wanted == value if wanted in ("true", "false") else None


def _ip_address(wanted: str, value: str, _: bool) -> bool:
    """``IpAddress``: the address lies in the network; what cannot be read matches nothing."""
    wide, address = network(wanted), network(value)
    if wide is None or address is None or "/" in value:
        return False
    return address[0] == wide[0] and wide[1] <= address[1] <= wide[2]


def _binary_equals(wanted: str, value: str, _: bool) -> bool:
    """``BinaryEquals``: the same bytes, both written as base64."""
    try:
        return _decoded(wanted) == _decoded(value)
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    """Return the bytes that base64 stands for; ValueError where it is none."""
    return binascii.a2b_base64(text, strict_mode=True)


def _numeric(compare: Callable[[Decimal, Decimal], bool], wanted: str, value: str, _: bool) -> bool:
    """Return how the request's number compares with the policy's; what is no number matches nothing."""
    left, right = number(value), number(wanted)
    return left is not None and right is not None and compare(left, right)


def _dated(compare: Callable[[datetime, datetime], bool], wanted: str, value: str, _: bool) -> bool:
    """Return how the request's moment compares with the policy's; what is no date matches nothing."""
    left, right = date(value), date(wanted)
    return left is not None and right is not None and compare(left, right)


MATCHERS: dict[str, Matcher] = {
    "StringEquals": _string_equals,
    "StringEqualsIgnoreCase": _string_equals_ignore_case,
    "StringLike": _string_like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _bool,
    "IpAddress": _ip_address,
    "BinaryEquals": _binary_equals,
    **{f"Numeric{how}": partial(_numeric, compare) for how, compare in _COMPARED.items()},
    **{f"Date{how}": partial(_dated, compare) for how, compare in _COMPARED.items()},
}
