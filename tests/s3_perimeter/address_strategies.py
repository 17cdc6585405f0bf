"""Hypothesis strategies for address sets, each with the plain model that it is held against."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from hypothesis import strategies as st

from s3_perimeter import AddressSet

WINDOW = 24
LAST = {4: 2**32 - 1, 6: 2**128 - 1}
# The first addresses, the last ones and some in the middle: where an arithmetic slip shows.
STARTS = {version: (0, 2**31 - WINDOW // 2, last + 1 - WINDOW) for version, last in LAST.items()}
Address = tuple[int, int]


@dataclass(frozen=True)
class Modelled:
    """An address set and the same set as (version, number) pairs."""

    built: AddressSet
    model: frozenset[Address]


def universe() -> frozenset[Address]:
    """Every address that a modelled set may hold."""
    return frozenset(
        (version, start + offset)
        for version, starts in STARTS.items()
        for start in starts
        for offset in range(WINDOW)
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[int, int, int]:
    """A run of addresses in one window: version, first, last."""
    version = draw(st.sampled_from([4, 6]))
    start = draw(st.sampled_from(STARTS[version]))
    first = draw(st.integers(0, WINDOW - 1))
    last = draw(st.integers(first, WINDOW - 1))
    return version, start + first, start + last


@st.composite
def modelled_sets(draw: st.DrawFn) -> Modelled:
    """A set built from overlapping, touching, nested and separate runs in any order."""
    drawn = draw(st.lists(runs(), max_size=8))
    return Modelled(
        AddressSet(
            v4=[(first, last) for version, first, last in drawn if version == 4],
            v6=[(first, last) for version, first, last in drawn if version == 6],
        ),
        frozenset((version, number) for version, first, last in drawn for number in range(first, last + 1)),
    )


@st.composite
def networks(draw: st.DrawFn) -> IPv4Network | IPv6Network:
    """Any network of either version, `/0` and single hosts included."""
    if draw(st.booleans()):
        return IPv4Network((draw(st.integers(0, LAST[4])), draw(st.integers(0, 32))), strict=False)
    return IPv6Network((draw(st.integers(0, LAST[6])), draw(st.integers(0, 128))), strict=False)


def address(one: Address) -> IPv4Address | IPv6Address:
    """The standard library's form of a pair."""
    version, number = one
    return IPv4Address(number) if version == 4 else IPv6Address(number)
