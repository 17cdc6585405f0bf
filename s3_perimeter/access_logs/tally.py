"""Tally: what some logs said, counted by caller, with bounded memory; two tallies merge into one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from s3_perimeter.aws import PROBE_MARK

__all__ = ["MARK", "POLICY_CHANGE", "Group", "Question", "Request", "Tally"]

Question: TypeAlias = Literal["refused", "seen", "callers"]
Group: TypeAlias = tuple[bytes, ...]

MARK: Final = PROBE_MARK.encode()
RUN: Final = re.compile(MARK + rb"([0-9a-f]{32})(?![0-9a-f])")
# Past this many groups new ones are counted together: a scan from a botnet must not fill the memory.
MOST_GROUPS: Final = 40_000
MOST_RUNS: Final = 2_000
MOST_NAMED: Final = 20
POLICY_CHANGE: Final = b"REST.PUT.BUCKETPOLICY"


class Request(NamedTuple):
    """One logged request, as far as it is asked for; `hour` is a number, absent texts are `-`."""

    hour: int
    address: bytes
    requester: bytes = b"-"
    operation: bytes = b"-"
    status: bytes = b"-"
    error: bytes = b"-"
    agent: bytes = b"-"
    bucket: bytes = b"-"
    endpoint: bytes = b"-"
    endpoint_owner: bytes = b"-"
    service: bytes = b"-"

    @property
    def caller(self) -> Group:
        """Whose request it is and how it came: the group of the question `callers`."""
        named = (self.bucket, self.address, self.requester)
        return (*named, self.endpoint, self.endpoint_owner, self.service)


@dataclass(slots=True)
class Tally:
    """What some logs said: per group, how many requests and the first and the last hour that had one.

    A group is (address, requester, operation, error code) of refused requests, and (address,) of others, or
    for the question `callers` what `Request.caller` holds of them.
    `lines` are all that were read, `older` those of before the time asked for, with `older_refused` among
    them, and `unread` those that are no whole log lines. `unclear` are refusals whose line can be read in
    another way too, `folded` requests belong to groups past the limit. `first` and `last` are the hours of
    the requests that were asked for. `refused_runs` are refused requests marked by a run of `perimeter
    verify`, by (run, group), and `answered_runs` the first and last hours of those that were answered, by
    (run, address, requester). `changed` is the last hour in which the bucket policy was changed. `foreign`
    are the files that hold no access log, each with what it holds.
    """

    groups: dict[Group, list[int]] = field(default_factory=dict)
    lines: int = 0
    size: int = 0
    unread: int = 0
    older: int = 0
    older_refused: int = 0
    unclear: int = 0
    folded: int = 0
    first: int = 0
    last: int = 0
    changed: int = 0
    refused_runs: dict[Group, list[int]] = field(default_factory=dict)
    answered_runs: dict[Group, list[int]] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    more_foreign: int = 0

    @property
    def asked(self) -> int:
        """The lines that were understood and are of the time asked for."""
        return self.lines - self.unread - self.older

    def add(self, group: Group, requests: int, first: int, last: int) -> None:
        """Count requests into a group."""
        if not _counted(self.groups, group, (requests, first, last), MOST_GROUPS):
            self.folded += requests

    def cover(self, *hours: int) -> None:
        """Note that the logs hold requests of these hours, which are asked for."""
        for hour in hours:
            if hour:
                self.first = min(self.first or hour, hour)
                self.last = max(self.last, hour)

    def count(
        self, one: Request, question: Question, since: int, number: int = 1, last: int | None = None
    ) -> None:
        """Count requests that are alike, from `one.hour` to `last`; their lines are counted already."""
        refused = one.status == b"403"
        at = (number, one.hour, last or one.hour)
        if one.operation == POLICY_CHANGE and one.status.startswith(b"2"):
            self.changed = max(self.changed, at[2])
        if one.hour < since:
            self.older += number
            self.older_refused += number if refused else 0
            return
        self.cover(*at[1:])
        if question != "refused":
            # What S3 does by itself, such as a lifecycle's expiry, asks no policy.
            if not refused and not (question == "callers" and one.operation.startswith(b"S3.")):
                self.add((one.address,) if question == "seen" else one.caller, *at)
            return
        run = RUN.search(one.agent) if MARK in one.agent else None
        if refused:
            group: Group = (one.address, one.requester, one.operation, one.error)
            if run is None or not _counted(self.refused_runs, (run[1], *group), at, MOST_RUNS):
                self.add(group, *at)
        elif run is not None and one.status.startswith(b"2"):
            _counted(self.answered_runs, (run[1], one.address, one.requester), at, MOST_RUNS)

    def no_log(self, name: str, what: str) -> None:
        """Note a file that holds no access log."""
        if len(self.foreign) < MOST_NAMED or name in self.foreign:
            self.foreign[name] = what
        else:
            self.more_foreign += 1

    def merge(self, other: Tally) -> None:
        """Add all that another tally holds."""
        for group, numbers in other.groups.items():
            self.add(group, *numbers)
        for marked, numbers in other.refused_runs.items():
            if not _counted(self.refused_runs, marked, numbers, MOST_RUNS):
                self.add(marked[1:], *numbers)
        for group, numbers in other.answered_runs.items():
            _counted(self.answered_runs, group, numbers, MOST_RUNS)
        self.lines += other.lines
        self.size += other.size
        self.unread += other.unread
        self.older += other.older
        self.older_refused += other.older_refused
        self.unclear += other.unclear
        self.folded += other.folded
        self.cover(other.first, other.last)
        self.changed = max(self.changed, other.changed)
        for name, what in other.foreign.items():
            self.no_log(name, what)
        self.more_foreign += other.more_foreign


def _counted(into: dict[Group, list[int]], group: Group, numbers: Iterable[int], most: int) -> bool:
    """Count requests into a group of a table; False where that would be one group too many."""
    requests, first, last = numbers
    known = into.get(group)
    if known is None:
        if len(into) >= most:
            return False
        into[group] = [requests, first, last]
        return True
    known[0] += requests
    known[1] = min(known[1], first)
    known[2] = max(known[2], last)
    return True
