"""Networks: which addresses a condition on an address key holds for, as exact sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address

from s3_perimeter.addresses import AddressSet, parse_address
from s3_perimeter.documents.document import Condition
from s3_perimeter.ranges import holds
from s3_perimeter.semantics.conditions import NEGATED
from s3_perimeter.semantics.readings import networks

__all__ = ["address_parts", "address_set", "addresses_named", "sample", "split"]

_SAMPLES = tuple(
    (text, *parse_address(text))
    for text in ("198.51.100.7", "203.0.113.7", "192.0.2.7", "2001:db8:ffff::7", "2001:db8::7")
)


def addresses_named(conditions: Iterable[tuple[Condition, bool]]) -> list[AddressSet]:
    """Return the sets of addresses that conditions on an address key name, each once."""
    sets: list[AddressSet] = []
    for condition, _ in conditions:
        named = None if condition.operator == "Null" else address_set(condition)
        if named is not None and named not in sets:
            sets.append(named)
    return sets


def address_parts(universe: AddressSet, conditions: Iterable[tuple[Condition, bool]]) -> list[AddressSet]:
    """Return the parts of a universe of addresses that the conditions on an address key distinguish."""
    return [part for part, _ in split(universe, addresses_named(conditions))]


def address_set(condition: Condition) -> AddressSet | None:
    """Return the addresses that any value of a condition names, whatever its sign; None where that is
    unknown, since a value is no network or the operator none for addresses.
    """
    positive = NEGATED.get(condition.operator, condition.operator)
    return networks(condition.values) if positive == "IpAddress" else None


def split(universe: AddressSet, sets: Sequence[AddressSet]) -> list[tuple[AddressSet, int]]:
    """Cut a universe by sets: disjoint parts, each with a bit for every set that it lies in."""
    parts = [(universe, 0)] if universe else []
    for at, each in enumerate(sets):
        following = []
        for part, bits in parts:
            inside = part & each
            if not inside:
                following.append((part, bits))
            elif inside == part:
                following.append((part, bits | 1 << at))
            else:
                following += [(inside, bits | 1 << at), (part - each, bits)]
        parts = following
    return parts


def sample(addresses: AddressSet) -> str:
    """Return one address of a set: a documentation address where there is one, else an ordinary one, else
    any.
    """
    return str(_sample(addresses))


def _sample(addresses: AddressSet) -> IPv4Address | IPv6Address | str:
    for text, version, number in _SAMPLES:
        if holds(addresses.v4 if version == 4 else addresses.v6, number, number):
            return text
    first: IPv4Address | IPv6Address | None = None
    for candidate in _starts(addresses):
        first = first or candidate
        if candidate.is_global:
            return candidate
    if first is None:
        raise ValueError("an empty set has no sample")
    return first


def _starts(addresses: AddressSet) -> Iterable[IPv4Address | IPv6Address]:
    """Yield the ends of the first few ranges, IPv4 before IPv6."""
    for low, high in addresses.v4[:64]:
        yield IPv4Address(low)
        yield IPv4Address(high)
    for low, high in addresses.v6[:64]:
        yield IPv6Address(low)
        yield IPv6Address(high)
