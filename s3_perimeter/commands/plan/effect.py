"""What a planned policy changes, in words that the allow-list's owners use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.plan.way import Way
from s3_perimeter.previews.preview import Preview
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.config import Entry

if TYPE_CHECKING:
    from s3_perimeter.commands.plan.callers import Callers
    from s3_perimeter.proof import DeadAllow, Layer, Lockout

__all__ = [
    "NO_POLICY",
    "Effect",
    "End",
    "Expiry",
    "Network",
    "Seen",
    "Way",
    "effect_of",
    "seen_under",
]

NO_POLICY: Final = "the plan contains no bucket policy that can be read"


@dataclass(frozen=True, slots=True)
class Network:
    """One network that is opened or closed, and what the entry says that it is."""

    cidr: str
    addresses: int
    label: str


@dataclass(frozen=True, slots=True)
class End:
    """A network that is allowed before and after, until another moment; None means that it does not end."""

    cidr: str
    addresses: int
    label: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Expiry:
    """An entry that stops by itself; `days` 0 means that today is its last day."""

    cidr: str
    label: str
    until: date
    days: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The addresses in the access logs, those of them that the plan cuts off, with their requests, and how
    many others it perhaps cuts off.
    """

    days: int
    total: int
    cut_off: tuple[tuple[str, int], ...]
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a plan on who reaches the bucket.

    `opens` and `closes` are the networks from which an ordinary request is treated differently as of now,
    `ends` those that stay and whose end moves, `ways_in` and `ways_out` everything else that gives access
    or no longer does. `equal` says that the two policies mean the same. `unreachable` are addresses that have
    to stay inside and surely would not; `doubtful` are addresses of which AWS does not document whether they
    are denied, before or after; `untold` says what could not be determined.
    """

    bucket: str
    changes: int
    opens: tuple[Network, ...]
    closes: tuple[Network, ...]
    equal: bool
    expiring: tuple[Expiry, ...]
    seen: Seen | None
    policy_bytes: int | None
    allowed: AddressSet
    unreachable: tuple[str, ...]
    untold: tuple[str, ...]
    doubtful: AddressSet = field(default_factory=AddressSet.nothing)
    ends: tuple[End, ...] = ()
    ways_in: tuple[Way, ...] = ()
    ways_out: tuple[Way, ...] = ()
    warnings: tuple[str, ...] = ()
    lockouts: tuple[Lockout, ...] = ()
    dead_allows: tuple[DeadAllow, ...] = ()
    callers: Callers | None = None
    layers: tuple[Layer, ...] = ()
    """What the planned policy and the resource control policies seal by themselves, where there are any."""

    @property
    def changes_nobody(self) -> bool:
        """Whether nobody gains or loses access, now or later."""
        moved = self.opens or self.closes or self.ends or self.ways_in or self.ways_out
        return self.equal and not moved


def effect_of(
    preview: Preview,
    *,
    before: Callable[[], Sequence[Entry]],
    after: Sequence[Entry],
    today: date,
    come_from: Sequence[str],
) -> Effect:
    """Compare the deployed policy with the planned one; `before` is asked for labels where something closes.

    A plan that has no policy, and that is refused, leaves open who reaches the bucket. Raises CommandError
    where such a plan is not refused.
    """
    from s3_perimeter.commands.plan.moved import moved
    from s3_perimeter.documents.document import PolicyDocument

    if preview.after is None:
        if preview.mandatory:
            return _refused_without_policy(preview)
        raise CommandError(NO_POLICY, "is this a stack of s3-perimeter with the output `bucket`?")
    planned = PolicyDocument.parse(preview.after)
    deployed = None if preview.before is None else PolicyDocument.parse(preview.before)
    now = datetime.combine(today, datetime.now(UTC).timetz())
    found = moved(deployed, planned, bucket=preview.bucket, now=now)
    may_come = found.allowed | found.perhaps
    return Effect(
        bucket=preview.bucket,
        changes=_changes(preview),
        opens=_named(found.opened, after, today),
        closes=_named(found.closed, before(), today) if found.closed else (),
        ends=tuple(
            End(one.cidr, one.addresses, one.label, first, then)
            for part, first, then in found.ends
            for one in _named(part, after, today)
        ),
        ways_in=found.ways_in,
        ways_out=found.ways_out,
        equal=found.equal,
        expiring=tuple(sorted(_expiries(after, today), key=lambda one: (one.days, one.cidr))),
        seen=None,
        policy_bytes=planned.size,
        allowed=found.allowed,
        unreachable=tuple(address for address in come_from if address not in may_come),
        untold=(
            *found.undecided,
            *(
                f"not decided: whether {address}, where this run comes from, keeps access"
                for address in come_from
                if address in may_come and address not in found.allowed
            ),
        ),
        doubtful=found.doubtful,
        warnings=tuple(dict.fromkeys(preview.warnings)),
    )


def _refused_without_policy(preview: Preview) -> Effect:
    """Return what is known of a plan without a policy: how much it changes, and what was warned of."""
    return Effect(
        bucket=preview.bucket,
        changes=_changes(preview),
        opens=(),
        closes=(),
        equal=False,
        expiring=(),
        seen=None,
        policy_bytes=None,
        allowed=AddressSet.nothing(),
        unreachable=(),
        untold=(f"who would gain or lose access ({NO_POLICY})",),
        warnings=tuple(dict.fromkeys(preview.warnings)),
    )


def _changes(preview: Preview) -> int:
    """Return how many resources a plan changes."""
    return sum(number for change, number in preview.changes.items() if change != "same")


def _named(changed: AddressSet, entries: Sequence[Entry], today: date) -> tuple[Network, ...]:
    """Return the changed networks, entry by entry; what no entry holds comes last, without a name."""
    found = []
    left = changed
    for entry in entries:
        part = left & entry.addresses
        left -= part
        label = entry.label
        if entry.expires and entry.expires < today:
            label = f"{label}, expired" if label else "expired"
        found += _networks(part, label)
    return (*found, *_networks(left, ""))


def _networks(addresses: AddressSet, label: str) -> list[Network]:
    """Return each network of a set."""
    return [Network(cidr, AddressSet.parse([cidr]).size(), label) for cidr in addresses.cidrs()]


def _expiries(entries: Sequence[Entry], today: date) -> list[Expiry]:
    """Return the entries that stop by themselves."""
    return [
        Expiry(str(entry.addresses), entry.label, entry.expires, (entry.expires - today).days)
        for entry in entries
        if entry.expires
    ]


def seen_under(seen: Mapping[str, int], effect: Effect, days: int) -> Seen:
    """Hold the addresses of the access logs against the plan; those that are denied already do not count."""
    closed = AddressSet.parse([network.cidr for network in effect.closes])
    addresses = {text: address for text in seen if (address := read(text))}
    hit = [(text, seen[text]) for text, address in addresses.items() if address in closed]
    doubtful = sum(address in effect.doubtful for address in addresses.values())
    return Seen(days, len(seen), tuple(sorted(hit, key=lambda one: (-one[1], one[0]))), doubtful)


def read(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address of a log line, where it is one."""
    try:
        return ip_address(text)
    except ValueError:
        return None
