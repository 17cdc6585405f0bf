"""Ranges: sets of addresses as sorted, disjoint, inclusive pairs of integers, and their arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

__all__ = [
    "LAST",
    "WIDTH",
    "Range",
    "Ranges",
    "Version",
    "checked",
    "common",
    "gaps",
    "holds",
    "merged",
    "networks_of",
]

Range: TypeAlias = tuple[int, int]
Ranges: TypeAlias = tuple[Range, ...]
Version: TypeAlias = Literal[4, 6]

WIDTH: dict[Version, int] = {4: 32, 6: 128}
LAST: dict[Version, int] = {4: 2**32 - 1, 6: 2**128 - 1}


def merged(ranges: Iterable[Range]) -> Ranges:
    """Sort ranges and join those that overlap or touch."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            if last > joined[-1][1]:
                joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)


def common(left: Ranges, right: Ranges) -> Ranges:
    """Return the addresses that are in both; both are sorted and disjoint, and so is the result."""
    both: list[Range] = []
    at, behind = 0, len(right)
    for start, end in left:
        while at < behind and right[at][1] < start:
            at += 1
        while at < behind and right[at][0] <= end:
            first, last = right[at]
            both.append((first if first > start else start, last if last < end else end))
            if last > end:
                break  # the next run on the left may begin in the same one
            at += 1
    return tuple(both)


def gaps(ranges: Ranges, end: int) -> Ranges:
    """Return the addresses from 0 to `end` that are in none of the ranges."""
    between: list[Range] = []
    start = 0
    for first, last in ranges:
        if start < first:
            between.append((start, first - 1))
        start = last + 1
    if start <= end:
        between.append((start, end))
    return tuple(between)


def holds(ranges: Ranges, first: int, last: int) -> bool:
    """Whether every address from `first` to `last` is in the ranges: in one run, as runs do not touch."""
    at = bisect_right(ranges, first, key=lambda run: run[0]) - 1
    return at >= 0 and last <= ranges[at][1]


def networks_of(first: int, last: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield the fewest networks, as (number, prefix length), that hold exactly the addresses `first` to
    `last`.
    """
    while first <= last:
        aligned = (first & -first).bit_length() - 1 if first else width
        fitting = (last - first + 1).bit_length() - 1
        bits = min(aligned, fitting)
        yield first, width - bits
        first += 1 << bits


def checked(ranges: Iterable[Range], version: Version) -> Ranges:
    """Ranges as merged runs; ValueError where one is turned round or outside its IP version."""
    listed = list(ranges)
    for first, last in listed:
        if not 0 <= first <= last <= LAST[version]:
            raise ValueError(f"({first}, {last}) is not a range of IPv{version} addresses")
    return merged(listed)
