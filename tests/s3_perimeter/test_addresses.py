"""AddressSet: tables of edges, and properties against a bitmap and against the standard library."""

import dataclasses
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter import AddressError, AddressSet
from s3_perimeter.addresses import parse_network
from tests.hang import ends
from tests.s3_perimeter.address_strategies import LAST, Modelled, address, modelled_sets, networks, universe

UNIVERSE = universe()


def parse(*items: str) -> AddressSet:
    """A set of these CIDRs and addresses."""
    return AddressSet.parse(items)


@pytest.mark.parametrize(
    ("text", "version", "first", "last"),
    [
        pytest.param("0.0.0.0/0", 4, 0, LAST[4], id="every IPv4 address"),
        pytest.param("::/0", 6, 0, LAST[6], id="every IPv6 address"),
        pytest.param("0.0.0.0", 4, 0, 0, id="the first IPv4 address, bare"),  # noqa: S104
        pytest.param("::", 6, 0, 0, id="the first IPv6 address, bare"),
        pytest.param("255.255.255.255", 4, LAST[4], LAST[4], id="the last IPv4 address, bare"),
        pytest.param("255.255.255.255/32", 4, LAST[4], LAST[4], id="the last IPv4 address"),
        pytest.param(
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", 6, LAST[6], LAST[6], id="the last IPv6 address"
        ),
        pytest.param("128.0.0.0/1", 4, 2**31, LAST[4], id="the upper half of IPv4"),
        pytest.param("8000::/1", 6, 2**127, LAST[6], id="the upper half of IPv6"),
        pytest.param("203.0.113.77/24", 4, 0xCB007100, 0xCB0071FF, id="IPv4 host bits are masked"),
        pytest.param("2001:DB8::1/127", 6, 0x20010DB8 << 96, (0x20010DB8 << 96) + 1, id="IPv6 host bits too"),
        pytest.param("255.255.255.255/0", 4, 0, LAST[4], id="host bits of /0"),
        pytest.param("::ffff:1.2.3.4", 6, 0xFFFF01020304, 0xFFFF01020304, id="IPv4-mapped stays IPv6"),
    ],
)
def test_networks_are_read_as_aws_reads_them(text: str, version: int, first: int, last: int) -> None:
    """A CIDR or bare address, host bits masked."""
    assert parse_network(text) == (version, first, last)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "`` is neither an IPv4 nor an IPv6 address", id="nothing"),
        pytest.param("vpn.example.com", "is neither an IPv4 nor an IPv6 address", id="a host name"),
        pytest.param("1.2.3", "is not an IPv4 address: that is four numbers", id="three numbers"),
        pytest.param("1.2.3.256", "is not an IPv4 address: that is four numbers from 0 to 255", id="256"),
        pytest.param("010.0.0.1", "without leading zeros", id="a leading zero"),
        pytest.param("1.2.3.٤", "is neither", id="a digit that is not ASCII"),
        pytest.param("1.2.3.4\n", "is neither", id="a line break"),
        pytest.param("1.2.3.4/", "has no prefix length from /0 to /32", id="no prefix length"),
        pytest.param("1.2.3.4/33", "has no prefix length from /0 to /32", id="IPv4 /33"),
        pytest.param("1.2.3.4/-1", "has no prefix length from /0 to /32", id="a negative prefix length"),
        pytest.param("1.2.3.4/024", "has no prefix length from /0 to /32", id="a prefix length with a zero"),
        pytest.param("1.2.3.4/255.255.255.0", "has no prefix length", id="a dotted mask"),
        pytest.param("1.2.3.4/24/24", "has no prefix length", id="two slashes"),
        pytest.param("::/129", "has no prefix length from /0 to /128", id="IPv6 /129"),
        pytest.param("1::2::3", "is not an IPv6 address", id="two gaps"),
        pytest.param("fe80::1%eth0", "names a zone", id="a zone"),
        pytest.param("[::1]", "is neither an IPv4 nor an IPv6 address", id="brackets"),
        pytest.param("${aws:SourceIp}", "is neither", id="a policy variable"),
    ],
)
def test_what_is_no_network_is_said_to_be_none(text: str, problem: str) -> None:
    """No guess is made about what was meant."""
    with pytest.raises(AddressError, match=r".*") as caught:
        parse(text)
    assert problem in str(caught.value)
    assert caught.value.mistakes[0].item == text


def test_every_mistake_in_a_list_is_reported_with_its_place() -> None:
    """One run reports them all."""
    with pytest.raises(AddressError) as caught:
        parse("1.2.3.4", "x", "::/0", "1.2.3.4/99")
    assert [(mistake.position, mistake.item) for mistake in caught.value.mistakes] == [
        (1, "x"),
        (3, "1.2.3.4/99"),
    ]
    assert str(caught.value) == (
        "`x` is neither an IPv4 nor an IPv6 address; `1.2.3.4/99` has no prefix length from /0 to /32"
    )


def test_one_text_is_a_list_of_one() -> None:
    """A string is not taken for a list of its letters."""
    assert AddressSet.parse("203.0.113.0/24") == parse("203.0.113.0/24")


@pytest.mark.parametrize(
    ("items", "cidrs"),
    [
        pytest.param([], (), id="nothing"),
        pytest.param(["0.0.0.0/1", "128.0.0.0/1"], ("0.0.0.0/0",), id="two halves are everything"),
        pytest.param(["::/1", "8000::/1"], ("::/0",), id="two IPv6 halves too"),
        pytest.param(["255.255.255.255", "255.255.255.254"], ("255.255.255.254/31",), id="up to the last"),
        pytest.param(["1.2.3.4/32", "1.2.3.6/31"], ("1.2.3.4/32", "1.2.3.6/31"), id="a gap stays"),
        pytest.param(["::/128", "1.2.3.4"], ("1.2.3.4/32", "::/128"), id="IPv4 before IPv6"),
        pytest.param(["9.0.0.0/8", "8.0.0.0/8", "8.8.8.8"], ("8.0.0.0/7",), id="joined, the inner one gone"),
    ],
)
def test_cidrs_are_the_fewest_in_order(items: list[str], cidrs: tuple[str, ...]) -> None:
    """What is shown is the shortest list that says the same."""
    assert AddressSet.parse(items).cidrs() == cidrs


def test_everything_and_nothing_are_each_other_s_complement() -> None:
    """The whole of both versions, and none of it."""
    everything, nothing = AddressSet.everything(), AddressSet.nothing()
    assert ~everything == nothing
    assert ~nothing == everything
    assert everything.size() == 2**32 + 2**128
    assert everything.cidrs() == ("0.0.0.0/0", "::/0")
    assert (nothing.size(), nothing.cidrs(), nothing.first(), bool(nothing)) == (0, (), None, False)
    assert (str(nothing), str(parse("1.2.3.4", "::"))) == ("no address", "1.2.3.4/32, ::/128")


def test_the_first_address_is_an_ipv4_one_where_there_is_any() -> None:
    """A sample to build a request from."""
    assert parse("::5", "9.9.9.0/24").first() == IPv4Address("9.9.9.0")
    assert parse("::5").first() == IPv6Address("::5")


@pytest.mark.parametrize(
    ("item", "inside"),
    [
        pytest.param("203.0.113.0", True, id="the first"),
        pytest.param("203.0.113.255", True, id="the last"),
        pytest.param("203.0.112.255", False, id="one before"),
        pytest.param("203.0.114.0", False, id="one after"),
        pytest.param("203.0.113.128/25", True, id="a network inside"),
        pytest.param("203.0.112.0/23", False, id="a network that sticks out"),
        pytest.param("::203.0.113.7", False, id="the same number in IPv6"),
        pytest.param("2001:db8::/48", True, id="an IPv6 network"),
        pytest.param(IPv4Address("203.0.113.9"), True, id="an address object"),
        pytest.param(IPv6Address("2001:db8:1::"), False, id="an IPv6 address object"),
        pytest.param(IPv4Network("203.0.113.0/24"), True, id="a network object"),
        pytest.param(IPv6Network("2001:db8::/47"), False, id="an IPv6 network object"),
    ],
)
def test_containment_is_decided_at_the_edges(item: object, inside: bool) -> None:
    """Both ends of a network belong to it, their neighbors do not."""
    assert (item in parse("203.0.113.0/24", "2001:db8::/48")) is inside


def test_containment_refuses_what_is_no_address() -> None:
    """A mistyped address is not 'outside'."""
    with pytest.raises(AddressError, match="`nowhere` is neither") as caught:
        assert "nowhere" not in AddressSet.everything()
    assert [mistake.position for mistake in caught.value.mistakes] == [0]
    with pytest.raises(TypeError, match="not int"):
        assert 7 not in AddressSet.everything()


@pytest.mark.parametrize(
    "turned",
    [
        pytest.param((2, 1), id="turned round"),
        pytest.param((-1, 1), id="below zero"),
        pytest.param((0, 2**32), id="past the last"),
    ],
)
def test_ranges_that_are_none_are_refused(turned: tuple[int, int]) -> None:
    """A set is never built from nonsense."""
    with pytest.raises(ValueError, match="is not a range of IPv4 addresses"):
        AddressSet(v4=[turned])


def test_a_set_cannot_be_changed() -> None:
    """Sets are shared freely."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse("1.2.3.4").v4 = ()  # type: ignore[misc]


@given(modelled_sets(), modelled_sets())
def test_operations_agree_with_plain_sets(one: Modelled, other: Modelled) -> None:
    """Union, intersection, difference, symmetric difference and the relations, against sets of numbers."""
    a, b, x, y = one.built, other.built, one.model, other.model
    for built, model in ((a | b, x | y), (a & b, x & y), (a - b, x - y), (a ^ b, x ^ y)):
        assert built.size() == len(model)
        assert {point for point in UNIVERSE if address(point) in built} == model
    assert a.issubset(b) == (x <= y)
    assert a.isdisjoint(b) == x.isdisjoint(y)
    assert (a == b) == (x == y)
    assert bool(a) == bool(x)
    if a == b:
        assert hash(a) == hash(b)


@given(modelled_sets())
def test_the_complement_holds_exactly_the_rest(one: Modelled) -> None:
    """Twice the complement is the set, and the two share nothing and leave nothing out."""
    rest = ~one.built
    assert {point for point in UNIVERSE if address(point) in rest} == UNIVERSE - one.model
    assert rest.size() == 2**32 + 2**128 - len(one.model)
    assert ~rest == one.built
    assert one.built.isdisjoint(rest)
    assert one.built | rest == AddressSet.everything()


@given(modelled_sets())
def test_ranges_are_sorted_and_apart(one: Modelled) -> None:
    """So that equal sets have one form."""
    for ranges in (one.built.v4, one.built.v6):
        assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))


@given(modelled_sets())
def test_cidrs_read_back_as_the_same_set(one: Modelled) -> None:
    """What is shown loses nothing, and the first address is the lowest."""
    assert AddressSet.parse(one.built.cidrs()) == one.built
    assert eval(repr(one.built)) == one.built  # noqa: S307
    assert one.built.first() == (address(min(one.model)) if one.model else None)


@given(st.lists(networks(), max_size=12))
def test_any_networks_collapse_as_the_standard_library_collapses_them(drawn: list[object]) -> None:
    """The same minimal list, for networks of any size."""
    four = [network for network in drawn if isinstance(network, IPv4Network)]
    six = [network for network in drawn if isinstance(network, IPv6Network)]
    expected = [*map(str, collapse_addresses(four)), *map(str, collapse_addresses(six))]
    assert list(AddressSet.parse(map(str, drawn)).cidrs()) == expected


@given(networks(), networks())
def test_network_relations_agree_with_the_standard_library(
    one: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network
) -> None:
    """Containment and overlap of two networks."""
    a, b = parse(str(one)), parse(str(other))
    same = one.version == other.version
    assert (one in b) == (same and one.subnet_of(other))  # type: ignore[arg-type]
    assert a.isdisjoint(b) == (not same or not one.overlaps(other))
    assert a.issubset(b) == (one in b)


def test_many_networks_are_one_pass() -> None:
    """Ten thousand networks of either version are read, joined, cut and shown, with nothing lost."""
    four = [f"{number >> 8}.{number & 255}.0.0/17" for number in range(0, 65_536, 13)]
    six = [str(ip_network(((0x2600 << 112) + (number << 80), 49))) for number in range(5_000)]
    with ends():
        many = AddressSet.parse(four + six)
        rest = AddressSet.everything() - many
        assert (rest | many).size() == 2**32 + 2**128
        assert len(many.cidrs()) == len(four) + len(six)
