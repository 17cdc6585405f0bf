"""Addresses outside of an allow-list, to stand for anybody who is not on it."""

from __future__ import annotations

from s3_perimeter.addresses import AddressSet
from s3_perimeter.proof.values import sample

__all__ = ["samples_outside"]


def samples_outside(allowed: AddressSet) -> dict[str, str]:
    """Return an address of each IP version, `IPv4` and `IPv6`, that the allow-list does not hold."""
    rest = AddressSet.everything() - allowed
    versions = {"IPv4": AddressSet(v4=rest.v4), "IPv6": AddressSet(v6=rest.v6)}
    return {version: sample(addresses) for version, addresses in versions.items() if addresses}
