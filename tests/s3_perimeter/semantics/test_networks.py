"""Strict networks: what is refused comes with something to write that is not."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter import AddressSet
from s3_perimeter.semantics.networks import (
    Advice,
    NetworkError,
    NetworkListError,
    advice_on,
    advice_on_value,
    is_example,
    read_addresses,
    read_network,
    split_list,
)
from s3_perimeter.semantics.special_networks import NOT_PUBLIC, is_private
from tests.s3_perimeter.address_strategies import networks

WRITTEN = re.compile("`([0-9a-fA-F:.]+/[0-9]+)`")


def refused(text: str, *, bare: bool = False) -> Advice:
    """What is said of a text that cannot stand in an allow-list."""
    with pytest.raises(NetworkError) as caught:
        read_network(text, bare=bare)
    assert str(caught.value) == caught.value.advice.problem
    return caught.value.advice


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("8.8.8.8/32", id="one host"),
        pytest.param("2600::1/128", id="one IPv6 host"),
        pytest.param("32.0.0.0/3", id="an eighth of IPv4"),
        pytest.param("8000::/2", id="a quarter of IPv6"),
        pytest.param("203.0.113.0/24", id="documentation"),
        pytest.param("223.255.255.255/32", id="the last unicast address"),
    ],
)
def test_networks_as_they_have_to_be_written_are_read(text: str) -> None:
    """And come back as they were written."""
    assert str(read_network(text)) == text


def test_other_spellings_of_ipv6_are_read() -> None:
    """Upper case and zeros are the writer's choice."""
    assert str(read_network("2600:0:0:00AB::/64")) == "2600:0:0:ab::/64"


def test_a_bare_address_is_read_where_it_may_stand() -> None:
    """A host that must reach the bucket needs no prefix length; a network with host bits stays refused."""
    assert str(read_network("8.8.8.8", bare=True)) == "8.8.8.8/32"
    assert str(read_network("2600::1", bare=True)) == "2600::1/128"
    assert refused("8.8.8.8/24", bare=True).problem == "`8.8.8.8/24` has host bits set"
    assert refused("::ffff:8.8.8.8", bare=True).remedy == "write the IPv4 form, `8.8.8.8/32`"


@given(networks(), st.integers(0, 2**128 - 1))
def test_every_address_with_a_prefix_length_is_read_or_refused_with_a_way_out(
    network: IPv4Network | IPv6Network, offset: int
) -> None:
    """What a hint proposes as a network is itself fine, unless no request comes from there at all."""
    number = int(network.network_address) + offset % network.num_addresses
    text = f"{type(network.network_address)(number)}/{network.prefixlen}"
    try:
        assert read_network(text) == network
    except NetworkError as error:
        advice = error.advice
        assert advice.problem.startswith(f"`{text}` ")
        if "host bits" in advice.problem or "IPv4-mapped" in advice.problem:
            proposed = WRITTEN.findall(advice.remedy)
            assert proposed
            for one in proposed:
                try:
                    read_network(one)
                except NetworkError as again:
                    assert re.search(
                        "no request to S3 comes|every IPv4 address|is private|contains", again.advice.problem
                    )
    else:
        assert number == int(network.network_address)


@given(st.text(alphabet="0123456789abcdef:./*- %x", max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else happens, and what is read is one of the networks that the standard library knows."""
    try:
        network = read_network(text)
    except NetworkError as error:
        assert error.advice.problem
        assert error.advice.remedy
    else:
        assert network == ip_network(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("10.0.0.0/8", id="private"),
        pytest.param("192.168.1.1/32", id="a private host"),
        pytest.param("100.64.0.0/10", id="carrier-grade NAT"),
        pytest.param("fd12::/16", id="unique local"),
        pytest.param("127.0.0.1/32", id="loopback"),
        pytest.param("169.254.169.254/32", id="link-local"),
        pytest.param("224.0.0.0/4", id="multicast"),
        pytest.param("198.18.0.0/15", id="benchmarks"),
        pytest.param("2002::/16", id="6to4"),
        pytest.param("2001::/32", id="Teredo"),
        pytest.param("0.0.0.0/1", id="half of IPv4, with a private network in it"),
        pytest.param("172.0.0.0/8", id="a network around a private one"),
        pytest.param("fc00::/6", id="an IPv6 network around a private one"),
    ],
)
def test_a_network_that_is_not_public_is_refused_however_it_is_typed(text: str) -> None:
    """Nobody reaches S3 from there but AWS's services, whoever asks them."""
    assert refused(text).remedy
    with pytest.raises(NetworkListError):
        read_addresses([text])
    if is_private(ip_network(text)):
        assert str(read_network(text, private=True)) == text


@given(networks())
def test_what_is_read_holds_public_addresses_only(network: IPv4Network | IPv6Network) -> None:
    """No network reader lets an address through that is not public."""
    try:
        read = read_addresses([str(network)])
    except NetworkListError:
        return
    assert read.isdisjoint(NOT_PUBLIC)
    assert read == AddressSet.parse([str(network)])


@pytest.mark.parametrize(
    ("written", "split"),
    [
        pytest.param(["8.8.8.0/24", "2600::/32"], ["8.8.8.0/24", "2600::/32"], id="one after the other"),
        pytest.param(["8.8.8.0/24,2600::/32"], ["8.8.8.0/24", "2600::/32"], id="with a comma"),
        pytest.param(["8.8.8.0/24, 2600::/32"], ["8.8.8.0/24", "2600::/32"], id="with a comma and a space"),
        pytest.param(["8.8.8.0/24 2600::/32"], ["8.8.8.0/24", "2600::/32"], id="in one quoted text"),
        pytest.param(
            ["8.8.8.0/24,", "2600::/32"], ["8.8.8.0/24", "", "2600::/32"], id="an empty piece stays"
        ),
        pytest.param([""], [""], id="an empty option stays"),
    ],
)
def test_networks_of_an_option_are_the_same_however_they_are_joined(
    written: list[str], split: list[str]
) -> None:
    """What is empty stays, as an unset variable of a script leaves it, and is refused when it is read."""
    assert split_list(written) == split
    if "" in split:
        with pytest.raises(NetworkListError, match="expected a network, found an empty text"):
            read_addresses(split)
    else:
        assert read_addresses(split) == AddressSet.parse(["8.8.8.0/24", "2600::/32"])


def test_every_mistake_of_a_list_is_reported_at_once() -> None:
    """With what to write instead of each."""
    with pytest.raises(NetworkListError) as caught:
        read_addresses(["8.8.8.8/24", "8.8.8.8", "10.0.0.0/8", "office"])
    assert [each.problem.split(",")[0] for each in caught.value.mistakes] == [
        "`8.8.8.8/24` has host bits set",
        "`10.0.0.0/8` is private",
        "`office` is neither an IPv4 nor an IPv6 address",
    ]


def test_a_list_of_everything_public_is_refused() -> None:
    """It says the same as a `/0`, with more words."""
    left_out = AddressSet.parse(["8.0.0.0/7", "2600::/32"])
    everything = (~NOT_PUBLIC).cidrs()
    with pytest.raises(NetworkListError) as caught:
        read_addresses(everything)
    assert [each.problem for each in caught.value.mistakes] == [
        "together the entries are every public IPv4 address, so nothing would be denied",
        "together the entries are every public IPv6 address, so nothing would be denied",
    ]
    assert read_addresses((~NOT_PUBLIC - left_out).cidrs())


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        pytest.param("203.0.113.0/24", None, id="a network"),
        pytest.param("203.0.113.9/24", None, id="host bits, which AWS masks"),
        pytest.param("203.0.113.9", None, id="a bare IPv4 address"),
        pytest.param("0.0.0.0/0", None, id="everything"),
        pytest.param("10.0.0.0/8", None, id="private"),
        pytest.param(
            "2600::1",
            Advice(
                "`2600::1` is a bare IPv6 address, which the documentation reads as a /32",
                "write `2600::1/128` for this one host",
            ),
            id="a bare IPv6 address",
        ),
        pytest.param(
            "\uff12\uff10\uff13.0.113.0/24",
            Advice(
                "`\uff12\uff10\uff13.0.113.0/24` is written in full-width characters",
                "write `203.0.113.0/24`",
            ),
            id="full-width digits",
        ),
        pytest.param(
            "8.8.8.8/32,9.9.9.9/32",
            Advice(
                "`8.8.8.8/32,9.9.9.9/32` is several networks in one text",
                "write each by itself: `8.8.8.8/32`, `9.9.9.9/32`",
            ),
            id="a list in one text",
        ),
        pytest.param(
            "::ffff:8.8.8.0/120",
            Advice(
                "`::ffff:8.8.8.0/120` is an IPv4-mapped IPv6 address, which `aws:SourceIp` never contains",
                "write the IPv4 form, `8.8.8.0/24`",
            ),
            id="IPv4-mapped",
        ),
    ],
)
def test_a_value_of_a_policy_is_judged_by_whether_readers_agree_on_it(
    value: str, advice: Advice | None
) -> None:
    """What AWS documents is fine, however unusual."""
    assert advice_on_value(value) == advice


@pytest.mark.parametrize(
    ("text", "private"),
    [
        pytest.param("10.0.0.0/8", True, id="10/8"),
        pytest.param("172.16.0.0/12", True, id="172.16/12"),
        pytest.param("172.32.0.0/16", False, id="next to 172.16/12"),
        pytest.param("192.168.255.0/24", True, id="in 192.168/16"),
        pytest.param("192.0.0.0/8", False, id="around 192.168/16"),
        pytest.param("100.127.255.255/32", True, id="the last of carrier-grade NAT"),
        pytest.param("100.128.0.0/32", False, id="the one after it"),
        pytest.param("fdff::/16", True, id="unique local"),
        pytest.param("203.0.113.0/24", False, id="documentation, which Python calls private"),
        pytest.param("2001:db8::/32", False, id="IPv6 documentation"),
    ],
)
def test_private_is_what_the_internet_never_sees(text: str, private: bool) -> None:
    """RFC 1918, RFC 6598 and RFC 4193, and nothing more."""
    assert is_private(ip_network(text)) is private


def test_a_wide_network_is_worth_a_word() -> None:
    """It is legal, and often a slip."""
    assert advice_on(ip_network("3fff::/20")) is None
    advice = advice_on(ip_network("128.0.0.0/1"))
    assert advice
    assert advice.problem == "`128.0.0.0/1` is wide: it allows 2^31 addresses"


@pytest.mark.parametrize(
    ("text", "example"),
    [
        pytest.param("203.0.113.7/32", True, id="in an IPv4 one"),
        pytest.param("203.0.112.0/23", False, id="around an IPv4 one"),
        pytest.param("3fff::/20", True, id="an IPv6 one"),
        pytest.param("2001:db9::/32", False, id="next to an IPv6 one"),
    ],
)
def test_examples_are_networks_of_documentation(text: str, example: bool) -> None:
    """RFC 5737, RFC 3849 and RFC 9637."""
    assert is_example(ip_network(text)) is example
