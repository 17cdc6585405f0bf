"""Networks: which addresses a condition on an address key holds for, as exact sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from s3_perimeter.addresses import AddressSet, holds, parse_address
from s3_perimeter.documents.document import Condition
from s3_perimeter.semantics.conditions import NEGATED
from s3_perimeter.semantics.patterns import Token, literal, tokens
from s3_perimeter.semantics.readings import network

__all__ = ["MAPPED", "address_set", "sample", "split"]

MAPPED = AddressSet.parse(["::ffff:0:0/96"])
"""IPv4-mapped addresses, which ``aws:SourceIp`` never holds."""

_MOST_RANGES = 4096
_MOST_STATES = 32
_MOST_TEXT_PATTERNS = 16
_SAMPLES = tuple(
    (text, *parse_address(text))
    for text in ("198.51.100.7", "203.0.113.7", "192.0.2.7", "2001:db8:ffff::7", "2001:db8::7")
)
_IPV4_CHARS = frozenset("0123456789.")
_IPV6_CHARS = frozenset("0123456789abcdefABCDEF:.")


@lru_cache(maxsize=1024)
def address_set(condition: Condition, *, variables: bool) -> AddressSet | None:
    """Return the addresses that any value of a condition names, whatever its sign; None where that is
    unknown.

    String operators compare the address's text, so that a CIDR there names nothing. How AWS writes an IPv6
    address is not documented, hence a text that may be one is unknown.
    """
    positive = NEGATED.get(condition.operator, condition.operator)
    if positive == "IpAddress":
        return _networks(condition.values)
    found = AddressSet.nothing()
    if sum("*" in value or "?" in value for value in condition.values) > _MOST_TEXT_PATTERNS:
        return None
    for value in condition.values:
        if positive == "StringLike":
            named = _text_pattern(tokens(value, variables=variables))
        else:
            named = _text_pattern(tuple(Token(char) for char in literal(value, variables=variables)))
        if named is None:
            return None
        found |= named
    return found


def _networks(values: Iterable[str]) -> AddressSet:
    """Return the union of the networks; a value that cannot be read matches nothing."""
    read = [found for value in values if (found := network(value))]
    return AddressSet(
        v4=[(first, last) for version, first, last in read if version == 4],
        v6=[(first, last) for version, first, last in read if version == 6],
    )


def _text_pattern(steps: tuple[Token, ...]) -> AddressSet | None:
    """Return the addresses whose text a pattern matches; None where it could match an IPv6 address's text."""
    if steps and all(step.many for step in steps):
        return AddressSet.everything()
    chars = {step.char for step in steps if step.char is not None}
    if not chars <= _IPV6_CHARS:
        return AddressSet.nothing()
    if ":" in chars or "." not in chars or not chars <= _IPV4_CHARS:
        # A dot stands in no text of an IPv6 address but a mapped one; anything else may be IPv6.
        return _exact_ipv6(steps)
    if any(
        step.char is None for step in steps[: next(at for at, step in enumerate(steps) if step.char == ".")]
    ):
        # An IPv6 address with an IPv4 one in it is often written with dots at its end.
        return None
    ranges = _ipv4_ranges(steps)
    return None if ranges is None else AddressSet(v4=ranges)


def _exact_ipv6(steps: tuple[Token, ...]) -> AddressSet | None:
    """Return nothing for a text without wildcards that is no address; None for everything else."""
    if any(step.char is None for step in steps):
        return None
    try:
        parse_address("".join(step.char or "" for step in steps))
    except ValueError:
        return AddressSet.nothing()
    return None


def _ipv4_ranges(steps: tuple[Token, ...]) -> list[tuple[int, int]] | None:
    """Return the IPv4 addresses whose dotted text a pattern matches; None: too many pieces."""
    try:
        return _DottedText(steps).ranges(1, 4)
    except OverflowError:
        return None


class _DottedText:
    """A pattern run over the dotted text of addresses, octet by octet; a state has a bit per place in it."""

    def __init__(self, steps: tuple[Token, ...]) -> None:
        self.loops = self.anyone = self.end = 0
        self.waiting: dict[str, int] = {}
        self.known: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for step in steps:
            if step.many:
                self.loops |= 1 << self.end
                continue
            if step.char is None:
                self.anyone |= 1 << self.end
            else:
                self.waiting[step.char] = self.waiting.get(step.char, 0) | 1 << self.end
            self.end += 1

    def after(self, state: int, text: str) -> int:
        """Return the state after a text."""
        for char in text:
            state = (state & (self.waiting.get(char, 0) | self.anyone)) << 1 | state & self.loops
        return state

    def ranges(self, state: int, octets: int) -> list[tuple[int, int]]:
        """Return the numbers that the last `octets` octets can have from a state on, as sorted ranges."""
        if octets == 0:
            return [(0, 0)] if state >> self.end & 1 else []
        if (state, octets) in self.known:
            return self.known[state, octets]
        found: list[tuple[int, int]] = []
        unit = 256 ** (octets - 1)
        for octet in range(256):
            following = self.after(state, f"{octet}." if octets > 1 else str(octet))
            for first, last in self.ranges(following, octets - 1) if following else ():
                low, high = octet * unit + first, octet * unit + last
                if found and found[-1][1] + 1 == low:
                    found[-1] = (found[-1][0], high)
                else:
                    found.append((low, high))
            if len(found) > _MOST_RANGES or len(self.known) > _MOST_STATES:
                raise OverflowError
        self.known[state, octets] = found
        return found


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
