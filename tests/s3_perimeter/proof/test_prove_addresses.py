"""Address conditions as sets of addresses."""

from __future__ import annotations

import pytest

from s3_perimeter import AddressSet, Condition
from s3_perimeter.proof.values import address_set, sample, split


def named_by(operator: str, *values: str) -> AddressSet | None:
    """The set that a condition on `aws:SourceIp` names."""
    return address_set(Condition(operator, None, False, "aws:SourceIp", values))


@pytest.mark.parametrize(
    ("operator", "values", "networks"),
    [
        pytest.param("NotIpAddress", ["203.0.113.9/24"], ["203.0.113.0/24"], id="host bits"),
        pytest.param("IpAddress", ["203.0.113.9"], ["203.0.113.9/32"], id="one address"),
        pytest.param("IpAddress", ["::/0", "0.0.0.0/0"], ["0.0.0.0/0", "::/0"], id="everything"),
        pytest.param("IpAddress", ["203.0.113.0/33"], None, id="no network"),
        pytest.param("NotIpAddress", ["203.0.113.0/24", "office"], None, id="a word next to a network"),
        pytest.param("IpAddress", ["203.0.113.0/24", "::ffff:0:0/96"], None, id="an IPv4-mapped network"),
        pytest.param("IpAddress", ["2001:db8::1"], None, id="a bare IPv6 address"),
        pytest.param("StringLike", ["203.0.113.*"], None, id="a pattern of text"),
        pytest.param("StringEquals", ["203.0.113.7"], None, id="a text"),
        pytest.param("StringNotEquals", ["203.0.113.0/24"], None, id="a text, negated"),
    ],
)
def test_a_condition_names_a_set_or_it_is_unknown(
    operator: str, values: list[str], networks: list[str] | None
) -> None:
    """A list means something only if every value of it is a network, and the operator one for addresses."""
    assert named_by(operator, *values) == (None if networks is None else AddressSet.parse(networks))


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
