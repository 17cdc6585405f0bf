"""What `perimeter denied` was asked: which logs, since when, and whose fence they are held against."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.allow import read_allow
from s3_perimeter.commands.denied.history import AllowLists, Listing, listings_of
from s3_perimeter.commands.denied.sources import BucketLogs, FileLogs, LogSource
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import Stack

__all__ = ["Fence", "fence_of", "hour_of", "logs_of", "logs_of_stack", "since_when", "span_of"]

UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Fence:
    """The allow-list that requests are held against, entry by entry, and the users that are known.

    `listings` are the allow-lists of the stack's updates, oldest first.
    """

    entries: tuple[str, ...]
    labels: Mapping[str, str]
    users: Mapping[str, str]
    listings: tuple[Listing, ...] = ()

    def lists(self, changed: int) -> AllowLists:
        """Today's allow-list and those before; `changed` is when the access log has the last change."""
        if self.listings:
            now = self.listings[-1].on(datetime.now(UTC).date())
            return AllowLists(now, self.listings)
        return AllowLists(AddressSet.parse(self.entries), changed=changed)

    def since(self, entry: str) -> int:
        """Return the hour since which an entry has been on the list; 0 where that is not known."""
        return self.lists(0).since(AddressSet.parse([entry]))


def span_of(text: str) -> timedelta | None:
    """`12h`, `7d` or `2w` as a span of time, None where it is something else."""
    found = re.fullmatch(r"([0-9]{1,4})([hdw])", text)
    return int(found[1]) * UNITS[found[2]] if found else None


def since_when(text: str, now: datetime) -> datetime:
    """`7d`, `12h`, `2w` before now, or a day; the start of that hour, UTC. Raises CommandError."""
    span = span_of(text)
    if span is not None:
        return (now - span).replace(minute=0, second=0, microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment.replace(minute=0, second=0, microsecond=0)
    except (ValueError, OverflowError) as error:
        raise CommandError(
            f"`{text}` is not a valid start time", "write 12h, 7d, 2w or 2026-11-01"
        ) from error


def hour_of(moment: datetime) -> int:
    """Return a moment as the number that log hours are compared by."""
    return int(f"{moment:%Y%m%d%H}")


def fence_of(stack: Stack | None, arguments: argparse.Namespace) -> Fence:
    """Return the fence of a stack as deployed, or the one given on the command line."""
    if stack is None:
        allowed = read_allow(arguments.allow, required=arguments.unused)
        return Fence(allowed.cidrs(), {}, {arn: arn for arn in arguments.user})
    if arguments.allow or arguments.user:
        raise CommandError(
            "--stack takes the allow-list and the users from the stack", "leave out --allow and --user"
        )
    return Fence(
        tuple(stack.allowed_networks),
        {entry["cidr"]: entry["label"] for entry in _configured(stack) if entry.get("label")},
        {
            **{user.arn: user.name for user in stack.users},
            **{
                sessions_of(role.arn): f"role {role.name}"
                for role in stack.roles
                if role.arn.startswith("arn:")
            },
        },
        listings_of(stack),
    )


def sessions_of(role: str) -> str:
    """Return what the ARN of each session of a role begins with, before its own name; the role's path is left
    out.
    """
    partition, account = role.split(":")[1], role.split(":")[4]
    return f"arn:{partition}:sts::{account}:assumed-role/{role.rpartition('/')[2]}"


def _configured(stack: Stack) -> list[dict[str, str]]:
    """Return the entries that the config writes as objects, and that are well formed so far."""
    entries = stack.config.get("allowedNetworks")
    return [
        {key: value for key, value in entry.items() if isinstance(value, str)}
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("cidr"), str)
    ]


def logs_of(stack: Stack | None, paths: list[Path], since: datetime, profile: str | None) -> LogSource:
    """Return the logs: the files given, or else the stack's log bucket."""
    if paths or stack is None:
        return FileLogs(tuple(paths))
    return logs_of_stack(stack, since, profile)


def logs_of_stack(stack: Stack, since: datetime, profile: str | None = None) -> BucketLogs:
    """Return the log bucket of a stack; every call names the owner it must have."""
    from s3_perimeter.commands.aws import Aws

    bucket, prefix, flat = stack.log_place
    # A log bucket given by config may be another account's by agreement; the stack's own may not.
    owner = stack.account if bucket == stack.outputs.get("logBucket") and not _external(stack) else None
    return BucketLogs(Aws(profile=profile, region=stack.region), bucket, prefix, since, flat, owner)


def _external(stack: Stack) -> bool:
    """Whether the config names a log bucket that the stack does not declare."""
    logs = stack.config.get("accessLogs")
    return isinstance(logs, dict) and "bucket" in logs
