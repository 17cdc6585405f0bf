"""Strict reading of one network that a person wrote into a config: what is wrong with it and what to write.

`AddressSet.parse` masks host bits and takes bare addresses, as AWS does; a person who writes them has more
often made a mistake than a choice, and the fence would quietly become wider or narrower than meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

from s3_perimeter.addresses import WIDTH, Version, networks_of, parse_address
from s3_perimeter.documents.nodes import clipped

__all__ = ["Advice", "Network", "NetworkError", "advice_on", "is_private", "read_network"]

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong with a value, and what to write or do instead."""

    problem: str
    remedy: str


class NetworkError(ValueError):
    """A text that cannot stand in an allow-list; `advice` says why and what to write."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.advice = Advice(problem, remedy)
        super().__init__(problem)


def networks(*texts: str) -> tuple[Network, ...]:
    """Several networks, for a table."""
    return tuple(map(ip_network, texts))


# IANA's special-purpose address registries (RFC 6890 and its updates). Python's `is_private` holds for the
# documentation ranges too, so it is of no use here.
PRIVATE = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
DOCUMENTATION = networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
NEVER_A_SOURCE = (
    ("loopback", networks("127.0.0.0/8", "::1/128")),
    ("link-local", networks("169.254.0.0/16", "fe80::/10")),
    ("multicast", networks("224.0.0.0/4", "ff00::/8")),
    ("unspecified", networks("0.0.0.0/8", "::/128")),
    ("reserved", networks("240.0.0.0/4", "192.0.0.0/24", "198.18.0.0/15", "100::/64")),
)
MAPPED = IPv6Network("::ffff:0:0/96")
WIDEST: dict[Version, int] = {4: 8, 6: 19}

PREFIX = re.compile("[0-9]{1,3}", re.ASCII)
DOTTED_MASK = re.compile(r"([0-9.]+)/([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)", re.ASCII)
ADDRESS_RANGE = re.compile(r"([0-9A-Fa-f.:]+)\s*[-\u2013]\s*([0-9A-Fa-f.:]+)")
STARRED = re.compile(r"((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*", re.ASCII)
FORMS = "write a network like `203.0.113.0/24` or `2001:db8:1234::/48`, one host like `203.0.113.7/32`"


def read_network(text: str, *, bare: bool = False) -> Network:
    """Read one CIDR exactly as it has to be written; NetworkError says what is wrong and what to write.

    Refused are bare addresses (unless `bare`), host bits, IPv4-mapped IPv6, everything (`/0`), other
    notations, and ranges from which no request can come. Private and documentation ranges are returned.
    """
    shown = f"`{clipped(text)}`"
    if text.strip() != text:
        raise NetworkError(f"{shown} has white space around it", f"write `{clipped(text.strip())}`")
    _refuse_other_notations(text, shown)
    address, slash, prefix_text = text.partition("/")
    try:
        version, number = parse_address(address)
    except ValueError as error:
        raise NetworkError(f"{shown} {error}", FORMS) from error
    width = WIDTH[version]
    if slash and not (PREFIX.fullmatch(prefix_text) and int(prefix_text) <= width):
        raise NetworkError(f"{shown} has no prefix length from /1 to /{width}", FORMS)
    prefix = int(prefix_text) if slash else width
    _refuse_mapped(version, number, prefix, shown)
    if not slash and not bare:
        raise NetworkError(f"{shown} is a bare address", f"write `{text}/{width}` for this one host")
    network = _network(version, number, prefix)
    if prefix == 0:
        raise NetworkError(
            f"{shown} is every IPv{version} address, which fences nothing off",
            "list the networks that have to reach the bucket",
        )
    if int(network.network_address) != number:
        # A mapped address is no host that a request comes from.
        host = (
            ""
            if version == 6 and IPv6Address(number) in MAPPED
            else f" or `{address}/{width}` for the one host"
        )
        raise NetworkError(f"{shown} has host bits set", f"write `{network}` for the network{host}")
    for kind, ranges in NEVER_A_SOURCE:
        if inside(network, ranges):
            raise NetworkError(
                f"{shown} is {kind}, and no request to S3 comes from there",
                "write the public address of your network (`perimeter my-ip` tells it)",
            )
    return network


def is_private(network: Network) -> bool:
    """Whether the network lies in a private range (RFC 1918, 6598, 4193), which the internet never sees."""
    return inside(network, PRIVATE)


def advice_on(network: Network, *, rehearsal: bool = False) -> tuple[Advice, ...]:
    """What a colleague would ask about a legal network; in a `rehearsal` examples are fine."""
    advice: list[Advice] = []
    if inside(network, DOCUMENTATION) and not rehearsal:
        advice.append(
            Advice(
                f"`{network}` is a documentation range: nobody's network, so the example was not edited",
                "write your own network (`perimeter my-ip` tells the address that AWS sees)",
            )
        )
    if network.prefixlen < WIDEST[network.version]:
        bits = network.max_prefixlen - network.prefixlen
        advice.append(
            Advice(
                f"`{network}` is wide: it lets 2^{bits} addresses in",
                f"list narrower networks, of /{WIDEST[network.version]} or longer",
            )
        )
    return tuple(advice)


def inside(network: Network, ranges: tuple[Network, ...]) -> bool:
    """Whether the network lies in one of the ranges."""
    first, last = int(network.network_address), int(network.broadcast_address)
    return any(
        network.version == other.version
        and int(other.network_address) <= first
        and last <= int(other.broadcast_address)
        for other in ranges
    )


def _network(version: Version, number: int, prefix: int) -> Network:
    """The network of that prefix length around an address."""
    if version == 4:
        return IPv4Network((number, prefix), strict=False)
    return IPv6Network((number, prefix), strict=False)


def _refuse_mapped(version: Version, number: int, prefix: int, shown: str) -> None:
    """NetworkError on an IPv4 network in IPv6's clothes."""
    if version == 6 and prefix >= MAPPED.prefixlen and IPv6Address(number) in MAPPED:
        plain = IPv4Network((number & 0xFFFFFFFF, prefix - MAPPED.prefixlen), strict=False)
        raise NetworkError(
            f"{shown} is an IPv4-mapped IPv6 address, which `aws:SourceIp` never holds",
            f"write the IPv4 form, `{plain}`",
        )


def _refuse_other_notations(text: str, shown: str) -> None:
    """NetworkError on notations for networks that AWS does not read, with the CIDRs that say the same."""
    masked = DOTTED_MASK.fullmatch(text)
    if masked:
        try:
            meant = IPv4Network(text, strict=False)
            remedy = f"write `{meant}`" if meant.prefixlen else FORMS
        except ValueError:
            remedy = FORMS
        raise NetworkError(f"{shown} has a dotted mask where AWS reads a prefix length", remedy)
    starred = STARRED.fullmatch(text)
    if starred:
        given = starred[1].rstrip(".").split(".")
        try:
            remedy = f"write `{IPv4Network('.'.join((given + ['0'] * 3)[:4]) + f'/{8 * len(given)}')}`"
        except ValueError:
            remedy = FORMS
        raise NetworkError(f"{shown} has a wildcard, which AWS does not read in an address", remedy)
    ends = ADDRESS_RANGE.fullmatch(text)
    if ends:
        raise NetworkError(f"{shown} is a range, and AWS reads CIDRs only", _cidrs_between(ends[1], ends[2]))


def _cidrs_between(first: str, last: str) -> str:
    """The remedy for a range of addresses: the CIDRs that cover it, where these are few."""
    try:
        (version, start), (other, end) = parse_address(first), parse_address(last)
    except ValueError:
        return FORMS
    if version != other or start > end:
        return FORMS
    cidrs = [
        f"`{IPv4Address(number) if version == 4 else IPv6Address(number)}/{prefix}`"
        for number, prefix in networks_of(start, end, WIDTH[version])
    ]
    return f"write {', '.join(cidrs)}" if len(cidrs) <= 8 else FORMS
