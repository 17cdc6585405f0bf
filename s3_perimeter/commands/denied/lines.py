"""S3 server access log lines, read in bulk: which requests were refused, and which addresses got through.

The fields and their order are those of "Amazon S3 server access log format" in the S3 user guide. A line is
read by one regular expression over bytes, whose every part stops at a space, a quote or the end of the line,
so that no line, however it is made, takes more than one pass. A text that a client chose (the user agent, the
referer) stands behind all fields that are read, so it cannot pose as one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, TypeAlias

__all__ = ["Chunks", "Question", "Tally", "hour_number", "tally_chunks"]

Question: TypeAlias = Literal["refused", "seen"]
Chunks: TypeAlias = Iterable[bytes]
Group: TypeAlias = tuple[bytes, ...]

# owner bucket [day:hour:minute:second zone] address requester request-id operation key "request-uri" status
# error … No part can give back what it took (`++`), and `.*` skips the rest of a line faster than any class
# does.
LINE: Final = re.compile(
    rb"^[^ \n]++ [^ \n]++ \[([^\]\n]{14})[^\]\n]*+\] ([^ \n]++) ([^ \n]++) [^ \n]*+ ([^ \n]++) [^ \n]++ "
    rb'(?:"[^"\n]*+"|-) ([0-9]{3}|-) ([^ \n]++) .*\n',
    re.MULTILINE,
)
# The same line, read as far as its address.
WHEN_AND_WHERE: Final = re.compile(
    rb"^[^ \n]++ [^ \n]++ \[([^\]\n]{14})[^\]\n]*+\] ([^ \n]++) .*\n", re.MULTILINE
)
REFUSED: Final = b" 403 "
BLOCK: Final = 1 << 22
# Past this many groups new ones are counted together: a scan from a botnet must not fill the memory.
MOST_GROUPS: Final = 40_000
OTHERS: Final = b"(others)"
MONTHS: Final = {
    name.encode(): number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}


@lru_cache(maxsize=20_000)
def hour_number(text: bytes) -> int:
    """`06/Feb/2019:13` as 2019020613, so that later hours are greater numbers; 0 where it is no time."""
    day, _, rest = text.partition(b"/")
    month, _, rest = rest.partition(b"/")
    year, _, hour = rest.partition(b":")
    if month not in MONTHS or not (day.isdigit() and year.isdigit() and hour.isdigit()):
        return 0
    return ((int(year) * 100 + MONTHS[month]) * 100 + int(day)) * 100 + int(hour)


@dataclass(slots=True)
class Tally:
    """What some logs said: per group, how many requests and the first and the last hour that had one.

    `folded` requests belong to groups past the limit, `unread` lines were cut short or are no log lines.
    """

    groups: dict[Group, list[int]] = field(default_factory=dict)
    lines: int = 0
    size: int = 0
    unread: int = 0
    folded: int = 0

    def add(self, group: Group, requests: int, first: int, last: int) -> None:
        """Count requests into a group."""
        known = self.groups.get(group)
        if known is None:
            if len(self.groups) >= MOST_GROUPS:
                self.folded += requests
                return
            self.groups[group] = [requests, first, last]
            return
        known[0] += requests
        known[1] = min(known[1], first)
        known[2] = max(known[2], last)

    def merge(self, other: Tally) -> None:
        """Add all that another tally holds."""
        for group, (requests, first, last) in other.groups.items():
            self.add(group, requests, first, last)
        self.lines += other.lines
        self.size += other.size
        self.unread += other.unread
        self.folded += other.folded


def whole_lines(chunks: Chunks) -> Iterator[bytes]:
    """Blocks of whole lines out of blocks cut anywhere; a last line without its end is given one."""
    rest = b""
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            rest += chunk
            if len(rest) > BLOCK:  # no log line is that long: drop what is no log
                rest = rest[-1:]
            continue
        yield rest + chunk[:cut] if rest else chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest + b"\n"


def tally_chunks(chunks: Chunks, question: Question, since: int) -> Tally:
    """Read log text; `since` is an hour number, older requests are left out.

    `refused` groups the requests with status 403 by (address, requester, operation, error code); `seen`
    groups all others by (address,).
    """
    tally = Tally()
    read = refused_requests if question == "refused" else seen_addresses
    for block in whole_lines(chunks):
        tally.size += len(block)
        tally.lines += block.count(b"\n")
        for (hour, *group), requests in read(block, tally).items():
            at = hour_number(hour)
            if at >= since:
                tally.add(tuple(group), requests, at, at)
    return tally


def refused_requests(block: bytes, tally: Tally) -> Counter[Group]:
    """Count the refused requests of a block by hour, address, requester, operation and error code."""
    if block.count(REFUSED) * 4 > block.count(b"\n"):
        every: Counter[Group] = Counter(LINE.findall(block))
        tally.unread += block.count(b"\n") - every.total()
        return Counter({(*line[:4], line[5]): n for line, n in every.items() if line[4] == b"403"})
    # Refusals are rare: look for them, and read no other line.
    found: list[Group] = []
    at = block.find(REFUSED)
    while at >= 0:
        start = block.rfind(b"\n", 0, at) + 1
        line = LINE.match(block, start)
        if line is None:
            tally.unread += 1
            end = block.find(b"\n", at)
        else:
            end = line.end()
            if line[5] == b"403":
                found.append(line.group(1, 2, 3, 4, 6))
        at = block.find(REFUSED, end)
    return Counter(found)


def seen_addresses(block: bytes, tally: Tally) -> Counter[Group]:
    """Count the requests of a block that were not refused, by hour and address."""
    every: Counter[Group] = Counter(WHEN_AND_WHERE.findall(block))
    tally.unread += block.count(b"\n") - every.total()
    for (hour, address, *_), requests in refused_requests(block, Tally()).items():
        every[hour, address] -= requests
    return +every
