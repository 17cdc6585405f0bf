"""AddressSet: an exact set of IPv4 and IPv6 addresses.

The set is held as sorted, disjoint, inclusive runs of integers, one tuple per IP version, and every operation
is one pass over them: a policy's 900 CIDRs cost microseconds, and nothing is sampled or rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)
from typing import NamedTuple

from s3_perimeter.errors import PerimeterError
from s3_perimeter.ranges import (
    LAST,
    WIDTH,
    Range,
    Ranges,
    Version,
    checked,
    common,
    gaps,
    holds,
    merged,
    networks_of,
)

__all__ = ["PREFIXES", "AddressError", "AddressMistake", "AddressSet", "parse_address", "parse_network"]

_NEITHER = "is neither an IPv4 nor an IPv6 address"
_IPV6_TEXT = re.compile(r"[0-9A-Fa-f:.]+")
# No leading zeros: some readers take "010" for eight, others for ten (RFC 6943, section 3.1.1).
_OCTETS = {str(octet): octet for octet in range(256)}
PREFIXES = {str(length): length for length in range(LAST[6].bit_length() + 1)}
"""Every prefix length by its text."""
_HOSTS = {
    version: {str(length): (1 << (width - length)) - 1 for length in range(width + 1)}
    for version, width in WIDTH.items()
}
"""The bits of an address that are not its network's, by the text of the prefix length."""


class AddressMistake(NamedTuple):
    """One item that is not an address or network: its place in the list, its text, and what is wrong."""

    position: int
    item: str
    problem: str

    def __str__(self) -> str:
        return f"`{self.item}` {self.problem}"


class AddressError(PerimeterError):
    """Items that are no addresses or networks; `mistakes` holds all of them, in the order given."""

    def __init__(self, mistakes: Iterable[AddressMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(map(str, self.mistakes)))


def parse_address(text: str) -> tuple[Version, int]:
    """Read one address as its version and number; ValueError says what is wrong with it."""
    if ":" in text:
        return 6, _parse_ipv6(text)
    try:
        first, second, third, fourth = text.split(".")
        return (
            4,
            _OCTETS[first] << 24 | _OCTETS[second] << 16 | _OCTETS[third] << 8 | _OCTETS[fourth],
        )
    except (KeyError, ValueError):
        pass  # it is no IPv4 address
    if re.fullmatch(r"[0-9.]+", text, re.ASCII):
        raise ValueError("is not an IPv4 address: that is four numbers from 0 to 255, without leading zeros")
    raise ValueError(_NEITHER)


def _parse_ipv6(text: str) -> int:
    """Read a text with a colon as the number of an IPv6 address; ValueError says what is wrong with it."""
    if "%" in text:
        raise ValueError("names a zone (`%…`), which means something on one machine only")
    try:
        return int(IPv6Address(text))
    except AddressValueError as error:
        raise ValueError("is not an IPv6 address" if _IPV6_TEXT.fullmatch(text) else _NEITHER) from error


def parse_network(text: str) -> tuple[Version, int, int]:
    """Read a CIDR or a bare address as version, first and last address; host bits are masked, as AWS does.

    A bare address is one address. ValueError says what is wrong with the text.
    """
    address, slash, prefix_text = text.partition("/")
    version, number = parse_address(address)
    if not slash:
        return version, number, number
    hosts = _HOSTS[version].get(prefix_text)
    if hosts is None:
        raise ValueError(f"has no prefix length from /0 to /{WIDTH[version]}")
    return version, number & ~hosts, number | hosts


@dataclass(frozen=True, slots=True, init=False, repr=False)
class AddressSet:
    """An exact, immutable set of addresses of both IP versions.

    `v4` and `v6` are sorted, disjoint, never touching, inclusive (first, last) pairs, so that two sets are
    equal exactly when they hold the same addresses.
    """

    v4: Ranges
    v6: Ranges

    def __init__(self, v4: Iterable[Range] = (), v6: Iterable[Range] = ()) -> None:
        """Build a set from inclusive ranges in any order; ValueError where one is none."""
        object.__setattr__(self, "v4", checked(v4, 4))
        object.__setattr__(self, "v6", checked(v6, 6))

    @classmethod
    def _trusted(cls, v4: Ranges, v6: Ranges) -> AddressSet:
        """Build a set from ranges that are sorted, disjoint and apart already."""
        made = object.__new__(cls)
        object.__setattr__(made, "v4", v4)
        object.__setattr__(made, "v6", v6)
        return made

    @classmethod
    def parse(cls, items: Iterable[str]) -> AddressSet:
        """Read CIDRs and bare addresses, host bits masked as AWS does; AddressError lists every mistake."""
        if isinstance(items, str):
            items = (items,)
        found: list[tuple[Version, int, int]] = []
        mistakes: list[AddressMistake] = []
        for position, item in enumerate(items):
            try:
                found.append(parse_network(item))
            except ValueError as error:
                mistakes.append(AddressMistake(position, item, str(error)))
        if mistakes:
            raise AddressError(mistakes)
        return cls.of_networks(found)

    @classmethod
    def of_networks(cls, networks: Iterable[tuple[Version, int, int]]) -> AddressSet:
        """Return the addresses of networks, each as version, first and last address."""
        runs: dict[Version, list[Range]] = {4: [], 6: []}
        for version, first, last in networks:
            runs[version].append((first, last))
        return cls._trusted(merged(runs[4]), merged(runs[6]))

    @classmethod
    def everything(cls) -> AddressSet:
        """Return every IPv4 and every IPv6 address."""
        return cls._trusted(((0, LAST[4]),), ((0, LAST[6]),))

    @classmethod
    def nothing(cls) -> AddressSet:
        """No address at all."""
        return cls._trusted((), ())

    def __or__(self, other: AddressSet) -> AddressSet:
        return self._trusted(merged(self.v4 + other.v4), merged(self.v6 + other.v6))

    def __and__(self, other: AddressSet) -> AddressSet:
        return self._trusted(common(self.v4, other.v4), common(self.v6, other.v6))

    def __invert__(self) -> AddressSet:
        return self._trusted(gaps(self.v4, LAST[4]), gaps(self.v6, LAST[6]))

    def __sub__(self, other: AddressSet) -> AddressSet:
        return self._trusted(
            () if self.v4 == other.v4 else common(self.v4, gaps(other.v4, LAST[4])),
            () if self.v6 == other.v6 else common(self.v6, gaps(other.v6, LAST[6])),
        )

    def __xor__(self, other: AddressSet) -> AddressSet:
        return (self - other) | (other - self)

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)

    def __contains__(self, item: object) -> bool:
        """Whether an address, or every address of a network, is in the set; text is read as by `parse`."""
        if isinstance(item, str):
            try:
                version, first, last = parse_network(item)
            except ValueError as error:
                raise AddressError([AddressMistake(0, item, str(error))]) from error
        elif isinstance(item, IPv4Address | IPv6Address):
            version, first, last = item.version, int(item), int(item)
        elif isinstance(item, IPv4Network | IPv6Network):
            version, first, last = item.version, int(item.network_address), int(item.broadcast_address)
        else:
            raise TypeError(f"an address set holds addresses and networks, not {type(item).__name__}")
        return holds(self.v4 if version == 4 else self.v6, first, last)

    def issubset(self, other: AddressSet) -> bool:
        """Whether every address of this set is in the other."""
        return all(holds(other.v4, *run) for run in self.v4) and all(holds(other.v6, *run) for run in self.v6)

    def isdisjoint(self, other: AddressSet) -> bool:
        """Whether the two sets share no address."""
        return not (common(self.v4, other.v4) or common(self.v6, other.v6))

    def size(self) -> int:
        """Return how many addresses the set holds, of both versions together."""
        return sum(last - first + 1 for first, last in self.v4 + self.v6)

    def cidrs(self) -> tuple[str, ...]:
        """Return the fewest CIDRs that hold exactly this set: IPv4 before IPv6, each in order of address."""
        return (
            *(f"{IPv4Address(number)}/{prefix}" for number, prefix in self._networks(4)),
            *(f"{IPv6Address(number)}/{prefix}" for number, prefix in self._networks(6)),
        )

    def _networks(self, version: Version) -> Iterator[tuple[int, int]]:
        """Yield the fewest networks of an IP version, as (number, prefix length)."""
        for run in self.v4 if version == 4 else self.v6:
            yield from networks_of(*run, WIDTH[version])

    def first(self) -> IPv4Address | IPv6Address | None:
        """Return the lowest address, an IPv4 one where there is any; None where the set is empty."""
        if self.v4:
            return IPv4Address(self.v4[0][0])
        return IPv6Address(self.v6[0][0]) if self.v6 else None

    def __str__(self) -> str:
        return ", ".join(self.cidrs()) or "no address"

    def __repr__(self) -> str:
        return f"AddressSet.parse({list(self.cidrs())!r})"
