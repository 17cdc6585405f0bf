"""Conditions: every operator on either side of its rule, present and absent, one value and many."""

from __future__ import annotations

import base64

import pytest

from s3_perimeter import Condition
from s3_perimeter.semantics.conditions import holds
from s3_perimeter.semantics.readings import date, network, number, reading_of

B64 = base64.b64encode(b"key").decode()


def condition(name: str, *values: str) -> Condition:
    """A condition by the operator's full name, such as `ForAnyValue:StringLikeIfExists`."""
    qualifier, colon, rest = name.rpartition(":")
    if_exists = rest.endswith("IfExists")
    kind = {"": None, "ForAnyValue": "ForAnyValue", "ForAllValues": "ForAllValues"}[
        qualifier if colon else ""
    ]
    return Condition(rest.removesuffix("IfExists"), kind, if_exists, "aws:Key", values)  # type: ignore[arg-type]


ONE_VALUE = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a*", "a*", True),
    ("StringEquals", "a${*}", "a*", True),
    ("StringEquals", "${$}{x}", "${x}", True),
    ("StringNotEquals", "a", "A", True),
    ("StringNotEquals", "a", "a", False),
    ("StringEqualsIgnoreCase", "aB", "Ab", True),
    ("StringEqualsIgnoreCase", "k", "\u212a", None),
    ("StringEqualsIgnoreCase", "k", "\u017f", False),
    ("StringEqualsIgnoreCase", "\u00e9", "\u00c9", None),
    ("StringEqualsIgnoreCase", "\u00e9", "\u00e8", False),
    ("StringNotEqualsIgnoreCase", "aB", "Ab", False),
    ("StringLike", "a*c", "abbc", True),
    ("StringLike", "a*c", "ABC", False),
    ("StringLike", "a?c", "ac", False),
    ("StringLike", "*/x:*", "a/b/x:y", True),
    ("StringLike", "", "", True),
    ("StringLike", "*a*a*a*a*b", "a" * 200, False),
    ("StringLike", "a${*}", "ab", False),
    ("StringNotLike", "a*", "b", True),
    ("StringNotLike", "a*", "a", False),
    ("ArnEquals", "arn:aws:iam::*:role/x*", "arn:aws:iam::1:role/xy", True),
    ("ArnEquals", "arn:aws:*:role/x", "arn:aws:iam::1:role/x", None),
    ("ArnLike", "arn:aws:s3:::a*", "arn:aws:s3:::a:b/c", True),
    ("ArnLike", "arn:aws:s3:*:*:a", "arn:aws:s3:::b:a", False),
    ("ArnLike", "*", "arn:aws:s3:::a", None),
    ("ArnNotEquals", "arn:aws:s3:::a", "arn:aws:s3:::b", True),
    ("ArnNotLike", "arn:aws:s3:::*", "arn:aws:s3:::b", False),
    ("NumericEquals", "10", "10.0", True),
    ("NumericNotEquals", "10", "11", True),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "9", "10", True),
    ("NumericGreaterThan", "10", "9", False),
    ("NumericGreaterThanEquals", "1.2", "1.2", True),
    ("NumericLessThan", "ten", "9", False),
    ("NumericEquals", "nan", "nan", False),
    ("DateEquals", "2027-01-01T00:00:00Z", "1798761600", True),
    ("DateNotEquals", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", False),
    ("DateLessThan", "2027-01-01T00:00:00Z", "2026-12-31T23:59:59Z", True),
    ("DateLessThan", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", False),
    ("DateLessThanEquals", "2027-01-01T00:00:00+01:00", "2026-12-31T23:00:00Z", True),
    ("DateGreaterThan", "2027-01-01", "2027-01-01T00:00:01Z", True),
    ("DateGreaterThanEquals", "soon", "2027-01-01T00:00:00Z", False),
    ("Bool", "true", "true", True),
    ("Bool", "True", "true", None),
    ("Bool", "true", "false", False),
    ("Bool", "false", "true", False),
    ("Bool", "yes", "yes", None),
    ("BinaryEquals", B64, B64, True),
    ("BinaryEquals", B64, "!", False),
    ("BinaryEquals", B64, f"{B64[:2]}-{B64[2:]}", False),
    ("BinaryEquals", f"{B64[:2]}-{B64[2:]}", B64, False),
    ("IpAddress", "203.0.113.0/24", "203.0.113.255", True),
    ("IpAddress", "203.0.113.0/24", "203.0.114.0", False),
    ("IpAddress", "203.0.113.77/24", "203.0.113.1", True),
    ("IpAddress", "203.0.113.7", "203.0.113.7", True),
    ("IpAddress", "203.0.113.7", "203.0.113.8", False),
    ("IpAddress", "0.0.0.0/0", "255.255.255.255", True),
    ("IpAddress", "0.0.0.0/0", "::1", False),
    ("IpAddress", "::/0", "2001:db8::1", True),
    ("IpAddress", "2001:DB8::/32", "2001:db8:0::1", True),
    ("IpAddress", "203.0.113.0/33", "203.0.113.1", None),
    ("IpAddress", "office", "203.0.113.1", None),
    ("IpAddress", "", "203.0.113.1", None),
    ("IpAddress", "<office>", "203.0.113.1", None),
    ("IpAddress", "::ffff:203.0.113.0/120", "203.0.113.1", None),
    ("IpAddress", "\N{FULLWIDTH DIGIT TWO}03.0.113.0/24", "203.0.113.1", None),
    ("NotIpAddress", "2001:db8::1", "2001:db8::2", None),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.1", False),
    ("NotIpAddress", "203.0.113.0/24", "2001:db8::1", True),
    ("NotIpAddress", "office", "203.0.113.1", None),
    ("NotIpAddress", "${aws:SourceIp}", "203.0.113.1", None),
    ("DateNotEquals", "soon", "2027-01-01T00:00:00Z", None),
    ("DateGreaterThan", "2027", "2027-01-01T00:00:00Z", None),
    ("DateGreaterThan", "2026-W01-1", "2027-01-01T00:00:00Z", None),
    ("DateGreaterThan", "2026-12", "2027-01-01T00:00:00Z", True),
    ("DateLessThan", "2016-12-31T23:59:60Z", "2027-01-01T00:00:00Z", None),
    ("DateLessThan", "9999-12-31T23:59:59-12:00", "2027-01-01T00:00:00Z", None),
    ("DateLessThan", "99999999999999", "2027-01-01T00:00:00Z", None),
    ("DateLessThan", "2027-01-01T00:00:00.000001Z", "2027-01-01T00:00:00Z", True),
    ("DateLessThan", "2027-01-01T00:00:00.0000001Z", "2027-01-01T00:00:00Z", None),
    ("NumericNotEquals", "ten", "9", None),
    ("NumericLessThan", "1_000", "9", False),
    ("NumericLessThan", "\N{ARABIC-INDIC DIGIT NINE}9", "9", False),
    ("Null", "true", "a", False),
    ("Null", "false", "a", True),
    ("Null", "maybe", "a", None),
    ("Null", "True", "a", None),
    ("StringLike", "${aws:userid}/*", "a/b", None),
    ("StringLike", "home/${aws:userid}/*", "a/b", False),
    ("StringEquals", "a-${aws:userid}", "a-b", None),
    ("StringEquals", "a-${aws:userid}*", "a-b", False),
    ("StringNotEquals", "a-${aws:userid}", "b", True),
    ("StringEqualsIgnoreCase", "A-${aws:userid}", "a-B", None),
    ("StringEqualsIgnoreCase", "A-${aws:userid}", "b", False),
    ("StringLike", "a${aws:userid", "ab", None),
    ("StringLike", "a${aws:userid", "ba", False),
    ("ArnLike", "arn:aws:s3:::${aws:userid}", "arn:aws:s3:::b", None),
    ("ArnNotEquals", "arn:aws:s3:::${aws:userid}", "arn:aws:sqs:::b", True),
    ("NullIfExists", "true", "a", None),
    ("ForAllValues:Null", "true", "a", None),
    ("StringEquals", "${aws:username}", "a", None),
    ("Bool", "${aws:SecureTransport}", "true", None),
    ("BinaryEquals", "${aws:username}", B64, None),
    ("StringNotEquals", "${aws:username", "a", None),
    ("StringLikeIfExists", "a*", "b", False),
]


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    ONE_VALUE,
    ids=[f"{row[0]}-{row[1]}-{row[2][:20]}" for row in ONE_VALUE],
)
def test_one_value_against_one(operator: str, wanted: str, value: str, expected: bool | None) -> None:
    """Each operator on either side of its rule; None is "cannot be decided"."""
    assert holds(condition(operator, wanted), (value,)) is expected


ABSENT = [
    ("StringEquals", False),
    ("StringLike", False),
    ("ArnLike", False),
    ("IpAddress", False),
    ("Bool", False),
    ("BinaryEquals", False),
    ("NumericLessThan", False),
    ("DateGreaterThan", False),
    ("StringNotEquals", True),
    ("StringNotEqualsIgnoreCase", True),
    ("StringNotLike", True),
    ("ArnNotEquals", True),
    ("ArnNotLike", True),
    ("NotIpAddress", True),
    ("NumericNotEquals", True),
    ("DateNotEquals", True),
    ("StringEqualsIfExists", True),
    ("StringNotEqualsIfExists", True),
    ("BoolIfExists", True),
    ("IpAddressIfExists", True),
    ("ForAnyValue:StringEquals", False),
    ("ForAnyValue:StringNotEquals", False),
    ("ForAllValues:StringEquals", True),
    ("ForAllValues:StringNotEquals", True),
    ("ForAnyValue:StringEqualsIfExists", None),
]


@pytest.mark.parametrize(("operator", "expected"), ABSENT, ids=[row[0] for row in ABSENT])
@pytest.mark.parametrize("values", [None, ()], ids=["absent", "without-values"])
def test_an_absent_key(operator: str, expected: bool | None, values: tuple[str, ...] | None) -> None:
    """Positive operators do not hold, negated and …IfExists ones do; set operators have their own rule."""
    assert holds(condition(operator, "x"), values) is expected


def test_null_tests_the_absence_itself() -> None:
    """`true` wants the key absent, `false` wants it there."""
    assert holds(condition("Null", "true"), None) is True
    assert holds(condition("Null", "false"), None) is False


MANY = [
    ("StringEquals", ("a", "b"), ("b",), True),
    ("StringNotEquals", ("a", "b"), ("b",), False),
    ("StringNotEquals", ("a", "b"), ("c",), True),
    ("StringEquals", ("a",), ("a", "b"), None),
    ("ForAnyValue:StringEquals", ("a",), ("a", "b"), True),
    ("ForAnyValue:StringEquals", ("c",), ("a", "b"), False),
    ("ForAnyValue:StringNotEquals", ("a",), ("a", "b"), True),
    ("ForAnyValue:StringNotEquals", ("a", "b"), ("a", "b"), False),
    ("ForAllValues:StringEquals", ("a", "b", "c"), ("a", "b"), True),
    ("ForAllValues:StringEquals", ("a",), ("a", "b"), False),
    ("ForAllValues:StringNotEquals", ("c",), ("a", "b"), True),
    ("ForAllValues:StringNotEquals", ("b",), ("a", "b"), False),
    ("ForAnyValue:StringLike", ("*",), ("",), None),
    ("ForAnyValue:StringLike", ("*",), ("", "a"), True),
    ("ForAnyValue:StringLike", ("?*",), ("",), False),
    ("ForAnyValue:StringNotEquals", ("a",), ("", "a"), None),
    ("ForAllValues:StringLike", ("?*",), ("",), None),
    ("ForAllValues:StringLike", ("*",), ("",), True),
    ("ForAllValues:StringLike", ("?*",), ("", "a"), None),
    ("StringLike", ("*",), ("",), True),
    ("IpAddress", ("office", "203.0.113.0/24"), ("203.0.113.1",), None),
    ("IpAddress", ("198.51.100.0/24", "203.0.113.0/24"), ("203.0.113.1",), True),
    ("NotIpAddress", ("203.0.113.0/24", "203.0.113.0/33"), ("198.51.100.7",), None),
    ("Bool", ("true", "False"), ("false",), None),
    ("StringLike", ("${aws:username}", "a*"), ("ab",), True),
    ("StringNotLike", ("${aws:username}", "a*"), ("ab",), False),
    ("StringLike", ("a*", "${aws:username}"), ("ab",), True),
    ("StringNotLike", ("a*", "${aws:username}"), ("ab",), False),
    ("StringEquals", (), ("a",), None),
]


@pytest.mark.parametrize(
    ("operator", "wanted", "values", "expected"), MANY, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in MANY]
)
def test_many_values(
    operator: str, wanted: tuple[str, ...], values: tuple[str, ...], expected: bool | None
) -> None:
    """The policy's values are ORed, for a negated operator none may match; the request's need a set
    operator.
    """
    assert holds(condition(operator, *wanted), values) is expected


def test_the_old_version_knows_no_variables() -> None:
    """Before 2012-10-17 the same text stands for itself."""
    old = condition("StringEquals", "${aws:username}")._replace(variables=False)
    assert holds(old, ("${aws:username}",)) is True


@pytest.mark.parametrize(
    ("operator", "read"),
    [
        ("NumericLessThan", number),
        ("DateGreaterThan", date),
        ("IpAddress", network),
        ("StringEquals", None),
        ("Bool", None),
    ],
)
def test_what_an_operator_reads_its_values_as(operator: str, read: object) -> None:
    """Numbers, moments and networks are read; everything else is taken as it is."""
    reading = reading_of(operator)
    assert (reading and reading.read) is read
