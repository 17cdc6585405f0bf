"""Address conditions as sets: what a pattern of an address's text names, address by address."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from s3_perimeter import AddressSet, Condition
from s3_perimeter.proof.networks import address_set, sample, split
from s3_perimeter.semantics.patterns import matches

TEXTS = [
    *(f"203.0.113.{last}" for last in range(256)),
    *(f"203.0.{third}.1" for third in range(256)),
    *(f"{first}.0.113.1" for first in range(256)),
    "20.30.113.1",
    "0.0.0.0",  # noqa: S104 - an address like any other
    "255.255.255.255",
]


def named_by(operator: str, *values: str) -> AddressSet | None:
    """The set that a condition on `aws:SourceIp` names."""
    return address_set(Condition(operator, None, False, "aws:SourceIp", values), variables=True)


@pytest.mark.parametrize(
    "pattern",
    [
        "203.0.113.7",
        "203.0.113.1?",
        "203.0.113.25?",
        "203.0.113.*1",
        "203.0.113.*",
        "203.0.113.",
        "203.0.113.01",
        "203.0.113.256",
        "203.0.11?.1*",
        "203.0.*3.?",
        "203.0.*.1",
        "203.0*.113.1",
        "20.*113.1",
        "203.0.*",
        "203.*",
    ],
)
def test_a_pattern_of_dotted_text_names_the_addresses_whose_text_it_matches(pattern: str) -> None:
    """Octet by octet, without leading zeros; a wildcard takes dots as well."""
    named = named_by("StringLike", pattern)
    assert named is not None
    for text in TEXTS:
        assert (IPv4Address(text) in named) is matches(pattern, text, variables=False), text


@pytest.mark.parametrize(
    ("operator", "value", "networks"),
    [
        pytest.param("StringLike", "*", ["0.0.0.0/0", "::/0"], id="a star"),
        pytest.param("StringLike", "", [], id="no text"),
        pytest.param("StringLike", "office*", [], id="no address"),
        pytest.param("StringLike", "203*", None, id="may be the start of an IPv6 address"),
        pytest.param("StringLike", "2?3.0.113.1", None, id="a wildcard before the first dot"),
        pytest.param("StringLike", "203.*.1", None, id="too many pieces"),
        pytest.param("StringLike", "????", None, id="nothing but wildcards"),
        pytest.param("StringLike", "2001:db8:*", None, id="IPv6"),
        pytest.param(
            "StringLike", "0123:4567:89ab:cdef:ABCD:EF::1.2.3.?", None, id="IPv6 of every character"
        ),
        pytest.param("StringLike", "203.0.113.*:", None, id="a dot and a colon"),
        pytest.param("StringEquals", "2001:db8::1", None, id="an IPv6 address"),
        pytest.param("StringEquals", "2001:db8::/32", [], id="an IPv6 network"),
        pytest.param("StringEquals", "cafe", [], id="hexadecimal digits"),
        pytest.param("StringEquals", "103.245.67.89", ["103.245.67.89/32"], id="an address of every digit"),
        pytest.param("StringEquals", "203.0.113.*", [], id="a star that is text"),
        pytest.param("StringNotLike", "203.0.113.*", ["203.0.113.0/24"], id="whatever the sign"),
        pytest.param("NotIpAddress", "203.0.113.9/24", ["203.0.113.0/24"], id="a network"),
        pytest.param("IpAddress", "203.0.113.0/33", [], id="no network"),
    ],
)
def test_a_condition_names_a_set_or_it_is_unknown(
    operator: str, value: str, networks: list[str] | None
) -> None:
    """How AWS writes an IPv6 address is not documented, so what may be the text of one names no known set."""
    assert named_by(operator, value) == (None if networks is None else AddressSet.parse(networks))


@pytest.mark.parametrize(("count", "known"), [(16, True), (17, False)])
def test_seventeen_patterns_are_too_many(count: int, known: bool) -> None:
    """The work is bounded; values without wildcards do not count."""
    values = [f"203.0.{number}.*" for number in range(count)]
    assert (named_by("StringLike", *values, "198.51.100.7") is not None) is known


def test_a_universe_is_split_into_parts_that_lie_apart() -> None:
    """Each part comes with a bit for every set that it lies in, and together they are the universe."""
    world, half, few = (
        AddressSet.parse([text]) for text in ("203.0.113.0/24", "203.0.113.0/25", "203.0.113.126/31")
    )
    beyond = AddressSet.parse(["198.51.100.0/24"])
    parts = split(world, [half, few, beyond, world])
    assert {bits: part for part, bits in parts} == {0b1001: half - few, 0b1011: few, 0b1000: world - half}
    assert split(AddressSet.nothing(), [half]) == []


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        pytest.param(["0.0.0.0/0", "::/0"], "198.51.100.7", id="a documentation address first"),
        pytest.param(["203.0.113.0/24", "::/0"], "203.0.113.7", id="the next"),
        pytest.param(["::/0"], "2001:db8:ffff::7", id="of IPv6"),
        pytest.param(["10.0.0.0/8", "8.8.8.8/32"], "8.8.8.8", id="else a public one"),
        pytest.param(["10.0.0.0/8", "2600::/16"], "2600::", id="be it of IPv6"),
        pytest.param(["10.0.0.0/8", "fd00::/8"], "10.0.0.0", id="else the first of all"),
        pytest.param(["9.255.255.255/32", "10.0.0.0/8"], "9.255.255.255", id="the end of a range"),
    ],
)
def test_a_sample_is_an_address_that_reads_well(networks: list[str], expected: str) -> None:
    """It stands for its set in a witness, so it lies in it."""
    assert sample(AddressSet.parse(networks)) == expected


def test_nothing_has_no_sample() -> None:
    """There is no address to show."""
    with pytest.raises(ValueError, match="no sample"):
        sample(AddressSet.nothing())
