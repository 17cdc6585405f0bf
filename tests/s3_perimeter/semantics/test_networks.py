"""Strict networks: what is refused comes with something to write that is not."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.semantics.networks import Advice, NetworkError, advice_on, is_private, read_network
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
        pytest.param("0.0.0.0/1", id="the lower half"),
        pytest.param("8000::/1", id="the upper half of IPv6"),
        pytest.param("203.0.113.0/24", id="documentation"),
        pytest.param("192.168.0.0/16", id="private"),
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
                    assert re.search("no request to S3 comes|every IPv4 address", again.advice.problem)
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
    ("text", "private"),
    [
        pytest.param("10.0.0.0/8", True, id="10/8"),
        pytest.param("172.16.0.0/12", True, id="172.16/12"),
        pytest.param("172.32.0.0/16", False, id="beside 172.16/12"),
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


def test_advice_on_examples_is_kept_for_the_real_thing() -> None:
    """In a rehearsal the documentation's networks are as good as any; width is worth a word everywhere."""
    assert [advice.problem for advice in advice_on(ip_network("3fff::/20"))] == [
        "`3fff::/20` is a documentation range: nobody's network, so the example was not edited"
    ]
    assert advice_on(ip_network("3fff::/20"), rehearsal=True) == ()
    assert [advice.problem for advice in advice_on(ip_network("128.0.0.0/1"), rehearsal=True)] == [
        "`128.0.0.0/1` is wide: it lets 2^31 addresses in"
    ]
