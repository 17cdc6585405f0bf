"""The fence that logged requests are held against: the allow-list of each day, and the known users."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.denied.history import AllowLists, Listing, listings_of
from s3_perimeter.options.allow import read_allow
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import Stack

__all__ = ["Fence", "fence_of", "sessions_of"]


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
