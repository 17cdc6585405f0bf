"""`allowedNetworks`: the allow-list, entry by entry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.nodes import listed
from s3_perimeter.fence import ExpiringNetworks
from s3_perimeter.semantics.networks import (
    NetworkError,
    advice_on,
    advice_on_all,
    is_example,
    read_network,
)
from s3_perimeter.semantics.special_networks import Network, is_private
from s3_perimeter.settings.forms import fields, items, one_line, shown
from s3_perimeter.settings.report import Report

__all__ = ["AllowedNetwork", "addresses_of", "expiring_networks", "read_allowed_networks"]

FIELDS = ("cidr", "label", "expires", "owner")
EXAMPLE = 'write a list such as `["203.0.113.0/24"]`'
ENDPOINTS_ALONE = "name a public network, or write an empty list if only VPC endpoints may reach the bucket"
SET_FIRST = (
    "run `pulumi config set --path 's3-perimeter:allowedNetworks[0]' 203.0.113.0/24` with your network"
)
PRIVATE = (
    "{} is private, so it is not allowed as a source: requests through a VPC endpoint have no `aws:SourceIp`",
    "remove it; `vpcEndpoints` alone allows the endpoint's requests",
)
SEVERAL_PRIVATE = (
    "{} are private, so they are not allowed as sources: requests through a VPC endpoint have no "
    "`aws:SourceIp`",
    "remove them; `vpcEndpoints` alone allows the endpoint's requests",
)
EXAMPLE_NETWORK = (
    "{} is a documentation range: nobody's network, so the example was not edited",
    "write your own network (`perimeter my-ip` shows the address that AWS sees)",
)
EXAMPLE_NETWORKS = (
    "{} are documentation ranges: nobody's networks, so the examples were not edited",
    "write your own networks (`perimeter my-ip` shows the address that AWS sees)",
)
# The engine hands an unquoted YAML date over as a moment, in Go's words for it.
DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00Z| 00:00:00 \+0000 UTC)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """One entry of the allow-list; `expires` is the last day, in UTC, on which it is good."""

    cidr: str
    label: str | None = None
    expires: date | None = None
    owner: str | None = None

    @property
    def until(self) -> datetime | None:
        """The first moment at which the entry is refused, if it expires."""
        if self.expires is None:
            return None
        return datetime(self.expires.year, self.expires.month, self.expires.day, tzinfo=UTC) + timedelta(
            days=1
        )


def read_allowed_networks(
    value: object, report: Report, *, today: date, endpoints: bool, rehearsal: bool
) -> tuple[AllowedNetwork, ...]:
    """Return every good entry, in the order written.

    The list may be empty where there are `endpoints`. A private range is refused; there it is left out with a
    warning: whoever declares a VPC endpoint may have meant its network. In a `rehearsal`, where nothing is
    real, the documentation's example networks are fine.
    """
    if value is None:
        report.mistake("the allow-list is missing", SET_FIRST)
        return ()
    entries = items(value, report, EXAMPLE)
    if entries is None:
        return ()
    if not entries and not endpoints:
        report.mistake("the allow-list is empty, so nobody could reach the bucket", SET_FIRST)
    found: list[tuple[int, AllowedNetwork, Network]] = []
    ignored: list[tuple[int, Network]] = []
    before = len(report.mistakes)
    for position, entry in enumerate(entries, 1):
        here = report.at(f"entry {position}")
        read = _entry(entry, here, today, private=endpoints)
        if read is None:
            continue
        allowed, network = read
        if is_private(network):
            ignored.append((position, network))
            continue
        found.append((position, allowed, network))
    if entries and not found and len(report.mistakes) == before:
        report.mistake("no entry of the allow-list is a public network", ENDPOINTS_ALONE)
    for advice in advice_on_all(addresses_of([allowed for _, allowed, _ in found])):
        report.mistake(advice.problem, advice.remedy)
    _warn_of_networks(found, ignored, report, rehearsal)
    return tuple(allowed for _, allowed, _ in found)


def _entry(
    entry: object, report: Report, today: date, *, private: bool
) -> tuple[AllowedNetwork, Network] | None:
    """Return one entry in either form, or None with its mistakes noted."""
    if isinstance(entry, Mapping):
        given = fields(entry, report, FIELDS)
        if given is None:
            return None
        if "cidr" not in given:
            report.mistake("the entry has no `cidr`", 'write `{"cidr": "203.0.113.0/24"}`')
    else:
        given = {"cidr": entry}
    before = len(report.mistakes)
    network = _network(given["cidr"], report, private=private) if "cidr" in given else None
    texts = {
        name: one_line(given[name], report.at(f"`{name}`"), f"write a text for `{name}`, or leave it out")
        for name in ("label", "owner")
        if name in given
    }
    expires = _last_day(given["expires"], report, today) if "expires" in given else None
    if network is None or len(report.mistakes) > before:
        return None
    return AllowedNetwork(str(network), texts.get("label"), expires, texts.get("owner")), network


def _network(value: object, report: Report, *, private: bool) -> Network | None:
    """Return the network of an entry, or None with the mistake noted."""
    if not isinstance(value, str) or not value:
        report.mistake(f"expected a network, found {shown(value)}", EXAMPLE)
        return None
    try:
        return read_network(value, private=private)
    except NetworkError as error:
        report.mistake(error.advice.problem, error.advice.remedy)
        return None


def _last_day(value: object, report: Report, today: date) -> date | None:
    """Return the day of `expires`, or None with the mistake noted: no date, or one that has passed."""
    day = value if isinstance(value, date) and not isinstance(value, datetime) else None
    match = DATE.fullmatch(value) if isinstance(value, str) else None
    if match:
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            day = None
    # The last date that Python knows has no day after it.
    if day is None or day == date.max:
        report.at("`expires`").mistake(
            f"{shown(value)} is not a date",
            "write the last allowed day as `YYYY-MM-DD`, such as `2027-03-31`",
        )
        return None
    if day < today:
        days = (today - day).days
        report.mistake(
            f"the entry expired {days} {'day' if days == 1 else 'days'} ago, on {day.isoformat()}",
            "remove the entry, or write a later `expires`",
        )
        return None
    return day


def _warn_of_networks(
    found: Sequence[tuple[int, AllowedNetwork, Network]],
    ignored: Sequence[tuple[int, Network]],
    report: Report,
    rehearsal: bool,
) -> None:
    """Warn of what is probably not meant: wide networks, ignored private ones, examples, and overlaps."""
    for position, _, network in found:
        advice = advice_on(network)
        if advice:
            report.at(f"entry {position}").warn(advice.problem, advice.remedy)
    _warn_once(ignored, report, PRIVATE, SEVERAL_PRIVATE)
    if not rehearsal:
        examples = [(position, network) for position, _, network in found if is_example(network)]
        _warn_once(examples, report, EXAMPLE_NETWORK, EXAMPLE_NETWORKS)
    _warn_of_overlaps(found, report)


def _warn_once(found: Sequence[tuple[int, Network]], report: Report, *texts: tuple[str, str]) -> None:
    """Warn of all networks with one cause in one message; `texts` are what to say of one and of several."""
    if not found:
        return
    problem, remedy = texts[len(found) > 1]
    here = report if len(found) > 1 else report.at(f"entry {found[0][0]}")
    here.warn(problem.format(listed([f"`{network}`" for _, network in found])), remedy)


def _warn_of_overlaps(found: Sequence[tuple[int, AllowedNetwork, Network]], report: Report) -> None:
    """Warn of entries that lie inside another one: networks overlap in no other way."""
    wide_first = sorted(found, key=_wide_first)
    open_ones: list[tuple[int, AllowedNetwork, Network]] = []
    warned: dict[int, tuple[str, str]] = {}
    for position, allowed, network in wide_first:
        first = int(network.network_address)
        while open_ones and not (
            open_ones[-1][2].version == network.version and first <= int(open_ones[-1][2].broadcast_address)
        ):
            open_ones.pop()
        if open_ones:
            warned[position] = _overlap(allowed, *open_ones[-1][:2])
        open_ones.append((position, allowed, network))
    for position in sorted(warned):
        report.at(f"entry {position}").warn(*warned[position])


def _wide_first(one: tuple[int, AllowedNetwork, Network]) -> tuple[int, int, int, int, int]:
    """Order: a network before those inside it, and of equal ones the one that lasts longest."""
    position, allowed, network = one
    lasting = (allowed.expires or date.max).toordinal()
    return network.version, int(network.network_address), network.prefixlen, -lasting, position


def _overlap(inner: AllowedNetwork, position: int, outer: AllowedNetwork) -> tuple[str, str]:
    """Return what to say of an entry that lies inside entry `position`."""
    problem = (
        f"`{inner.cidr}` is already entry {position}"
        if inner.cidr == outer.cidr
        else f"`{inner.cidr}` lies inside `{outer.cidr}`, entry {position}"
    )
    if inner.expires and (outer.expires is None or outer.expires > inner.expires):
        longer = f"is allowed until {outer.expires.isoformat()}" if outer.expires else "does not expire"
        return f"{problem}, which {longer}: the expiry here has no effect", "keep one of the two"
    return problem, "keep one of the two"


def addresses_of(entries: Sequence[AllowedNetwork]) -> AddressSet:
    """Return all addresses of the entries."""
    return AddressSet.parse(entry.cidr for entry in entries)


def expiring_networks(entries: Sequence[AllowedNetwork]) -> tuple[ExpiringNetworks, ...]:
    """Return the addresses that stop being allowed, each at the last moment that an entry gives it, soonest
    first.

    What a permanent entry allows as well never expires; the sets are disjoint.
    """
    covered = addresses_of([entry for entry in entries if entry.until is None])
    moments = sorted({entry.until for entry in entries if entry.until is not None}, reverse=True)
    expiring: list[ExpiringNetworks] = []
    for moment in moments:
        addresses = addresses_of([entry for entry in entries if entry.until == moment]) - covered
        covered |= addresses
        if addresses:
            expiring.append(ExpiringNetworks(addresses, moment))
    return tuple(reversed(expiring))
