"""Special networks: which networks are nobody's on the internet, and what they are kept for."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from s3_perimeter.addresses import AddressSet

__all__ = [
    "DOCUMENTATION",
    "MAPPED",
    "NEVER_A_SOURCE",
    "NOT_PUBLIC",
    "PRIVATE",
    "Network",
    "is_inside",
    "is_private",
    "is_within",
]

Network: TypeAlias = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    """Several networks, for a table."""
    return tuple(map(ip_network, texts))


# IANA's special-purpose address registries (RFC 6890 and its updates): what is not globally reachable.
# Python's `is_private` holds for the documentation ranges too, so it is of no use here.
PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
DOCUMENTATION = _networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
NEVER_A_SOURCE = (
    ("loopback", _networks("127.0.0.0/8", "::1/128")),
    ("link-local", _networks("169.254.0.0/16", "fe80::/10")),
    ("multicast", _networks("224.0.0.0/4", "ff00::/8")),
    ("unspecified", _networks("0.0.0.0/8", "::/128")),
    (
        "reserved",
        _networks(
            *("240.0.0.0/4", "192.0.0.0/24", "198.18.0.0/15"),
            *("64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "5f00::/16", "fec0::/10"),
        ),
    ),
)
MAPPED = AddressSet.parse(["::ffff:0:0/96"])
"""IPv4-mapped addresses, which ``aws:SourceIp`` never holds."""
NOT_PUBLIC = MAPPED | AddressSet.parse(
    str(network) for _, ranges in (("private", PRIVATE), *NEVER_A_SOURCE) for network in ranges
)
"""Addresses that nobody has on the internet. AWS's services may use them to reach S3 for their callers, so
they never count as allowed. The documentation's networks are treated as public: examples and rehearsals
need some.
"""


def is_private(network: Network) -> bool:
    """Whether the network lies in a private range (RFC 1918, 6598, 4193), which the internet never sees."""
    return is_inside(network, PRIVATE)


def is_inside(network: Network, ranges: tuple[Network, ...]) -> bool:
    """Whether the network lies in one of the ranges."""
    return any(is_within(network, other) for other in ranges)


def is_within(network: Network, other: Network) -> bool:
    """Whether one network lies in another."""
    return (
        network.version == other.version
        and int(other.network_address) <= int(network.network_address)
        and int(network.broadcast_address) <= int(other.broadcast_address)
    )
