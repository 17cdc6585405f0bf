"""Addresses outside of an allow-list, to stand for anybody who is not on it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Final

from s3_perimeter.addresses import AddressSet

__all__ = ["sample_outside"]

# Documentation addresses stand for anybody (RFC 5737, RFC 3849), unless the allow-list holds them.
ANYBODY: Final = ("198.51.100.7", "192.0.2.7", "2001:db8:ffff::7", "3fff::7")


def sample_outside(allowed: AddressSet) -> list[IPv4Address | IPv6Address]:
    """Return one address of each IP version that the allow-list does not hold."""
    everything = AddressSet.everything()
    candidates = AddressSet.parse(ANYBODY) - allowed
    rest = everything - allowed
    found = []
    for version in (AddressSet(v4=everything.v4), AddressSet(v6=everything.v6)):
        address = (candidates & version).first() or (rest & version).first()
        if address is not None:
            found.append(address)
    return found
