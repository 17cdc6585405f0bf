"""Readings: what the numeric, date and address operators take a text for, and where readers differ on one.

Source: "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from s3_perimeter.addresses import AddressSet, parse_address, parse_network
from s3_perimeter.ranges import Version

__all__ = ["NETWORKS", "Reading", "date", "network", "networks", "number", "reading_of", "written"]

_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?"
_WITHOUT_ZONE = r".*T[0-9:.]+"
_PAST_MICROSECONDS = r".*\.[0-9]{7,}.*"
_DIGITS = r"[0-9]+"
_YEAR = r"[0-9]{4}"
_W3C_DATE = (
    r"[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)


class Reading(NamedTuple):
    """What an operator reads its values as (None: as nothing), and whether readers differ on a value."""

    read: Callable[[str], object]
    doubtful: Callable[[str], bool]


@lru_cache(maxsize=64)
def reading_of(operator: str) -> Reading | None:
    """Return how a positive operator reads its values; None where it takes them as they are."""
    if operator.startswith("Numeric"):
        return _NUMBERS
    if operator.startswith("Date"):
        return _DATES
    return NETWORKS if operator == "IpAddress" else None


def number(text: str) -> Decimal | None:
    """Read a number as the numeric operators do; None where it is none."""
    bare = text.strip()
    if not re.fullmatch(_NUMBER, bare):
        # `Decimal` takes more: underscores, digits of other scripts, NaN.
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def _doubtful_number(text: str) -> bool:
    """Whether readers differ on a number: with white space around it."""
    return text != text.strip()


@lru_cache(maxsize=4096)
def date(text: str) -> datetime | None:
    """Read a moment as the date operators do: a W3C profile of ISO 8601, or seconds since 1970; None if
    neither.
    """
    bare = text.strip()
    seconds = number(bare)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(float(seconds), UTC)
        if not re.fullmatch(_W3C_DATE, bare):
            return None
        found = datetime.fromisoformat(bare if len(bare) > len("2027-01") else f"{bare}-01")
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def written(moment: datetime) -> str:
    """Return a moment as policies write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _doubtful_date(text: str) -> bool:
    """Whether readers differ on a date: a year that may be seconds, seconds that are no plain number, a leap
    second, a moment past the calendar, a time without its zone, more digits of a second than are read here,
    white space, or another profile of ISO 8601.
    """
    bare = text.strip()
    if re.fullmatch(_YEAR, bare) or bare != text:
        return True
    if number(bare) is not None and not re.fullmatch(_DIGITS, bare):
        return True
    if date(bare) is not None:
        return bool(re.fullmatch(_WITHOUT_ZONE, bare) or re.fullmatch(_PAST_MICROSECONDS, bare))
    if number(bare) is not None or re.fullmatch(_W3C_DATE, bare):
        return True
    try:
        datetime.fromisoformat(bare)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def network(text: str) -> tuple[Version, int, int] | None:
    """Read a network or an address as version, first and last address; None where it is neither."""
    try:
        return parse_network(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def networks(texts: tuple[str, ...]) -> AddressSet | None:
    """Return the addresses of a list of networks; None where readers differ on one of them, so that it is
    open what they make of the whole list.
    """
    try:
        found = list(map(parse_network, texts))
    except ValueError:
        return None
    if any(each[0] == 6 and _doubtful(text, each) for text, each in zip(texts, found, strict=True)):
        return None
    return AddressSet.of_networks(found)


def _doubtful_network(text: str) -> bool:
    """Whether readers differ on a network: all that is none, a bare IPv6 address ("IP address condition
    operators": without a prefix it is /32), and an IPv4-mapped one, which some take for the IPv4 network.
    """
    found = network(text)
    return found is None or _doubtful(text, found)


def _doubtful(text: str, found: tuple[Version, int, int]) -> bool:
    """Whether readers differ on a text that is a network or an address."""
    if found[0] == 4:
        return False
    address, slash, _ = text.partition("/")
    if found[1] >> 48:
        return not slash  # the first 80 bits of a mapped address are zeros
    return not slash or parse_address(address)[1] >> 32 == 0xFFFF


_NUMBERS = Reading(number, _doubtful_number)
_DATES = Reading(date, _doubtful_date)
NETWORKS = Reading(network, _doubtful_network)
