"""The allow-list of each day: a refusal is judged by the list that was in force when it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final

from s3_perimeter.access_logs.times import as_time, iso_hour
from s3_perimeter.addresses import AddressSet
from s3_perimeter.reporting.errors import CommandError

if TYPE_CHECKING:
    from s3_perimeter.stack.config import Entry
    from s3_perimeter.stack.deployed import Stack

__all__ = ["Address", "AllowLists", "Listing", "listings_of"]

Address = IPv4Address | IPv6Address
MOST_UPDATES: Final = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """The allow-list that an update deployed: the hour of the update, and each part with its last day."""

    hour: int
    parts: tuple[tuple[AddressSet, date | None], ...]

    def on(self, day: date) -> AddressSet:
        """Return the addresses that were allowed on a day."""
        found = AddressSet.nothing()
        for addresses, last_day in self.parts:
            if last_day is None or day <= last_day:
                found |= addresses
        return found


@dataclass(frozen=True, slots=True)
class AllowLists:
    """Today's allow-list, and those before it as far as they are known.

    `listings` are those of the stack's updates, oldest first. Without any, `changed` is the hour in which the
    bucket policy was last changed, as the access log has it: what was allowed before then is not known.
    """

    now: AddressSet
    listings: tuple[Listing, ...] = ()
    changed: int = 0

    def held(self, address: Address, hour: int) -> bool | None:
        """Whether an address was allowed in an hour; None where that is not known."""
        if not self.listings:
            return address in self.now if hour > self.changed else None
        before = [listing for listing in self.listings if listing.hour < hour]
        within = [listing for listing in self.listings if listing.hour == hour]
        if not before:
            return None
        answers = {address in listing.on(as_time(hour).date()) for listing in (before[-1], *within)}
        return answers.pop() if len(answers) == 1 else None

    def next_change(self, hour: int) -> int:
        """Return the hour of the first change of the list at or after an hour, as far as is known; else 0."""
        return min((each.hour for each in self.listings if each.hour >= hour), default=self.changed)

    def since(self, addresses: AddressSet) -> int:
        """Return the hour since which addresses have been allowed without a break; 0 where that is not
        known.
        """
        since = 0
        for listing in reversed(self.listings):
            if not addresses.issubset(listing.on(date.min)):
                return since
            since = listing.hour
        return since


def listings_of(stack: Stack) -> tuple[Listing, ...]:
    """Return the allow-lists of a stack's updates, oldest first; none where its backend keeps no history."""
    from s3_perimeter.stack.pulumi import pulumi_json

    asked = ["stack", "history", "--json", "--page-size", str(MOST_UPDATES), "--stack", stack.reference]
    try:
        updates = pulumi_json(asked, stack=stack.reference, directory=stack.directory, kind=list)
    except CommandError:
        return ()
    return read_updates(updates)


def read_updates(updates: Sequence[Mapping[str, Any]]) -> tuple[Listing, ...]:
    """Pulumi's history, newest first, as listings; an update that failed may have changed the policy."""
    from s3_perimeter.stack.config import entries_of

    found = []
    for update in reversed(updates):
        hour = iso_hour(str(update.get("endTime") or update.get("startTime") or ""))
        entries = entries_of(update.get("config") or {})
        if hour and entries and update.get("kind") in ("update", "refresh", "import"):
            found.append(Listing(hour, tuple(_parts_of(entries))))
    return tuple(found)


def _parts_of(entries: Iterable[Entry]) -> Iterable[tuple[AddressSet, date | None]]:
    """Entries as parts of a listing."""
    return ((entry.addresses, entry.expires) for entry in entries)
