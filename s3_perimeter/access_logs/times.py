"""Times of requests: the hours that logs are counted by, and spans of time as people write them.

An hour is a number, such as 2026112010, so that later hours are greater numbers; 0 is no time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from s3_perimeter.reporting.errors import CommandError

__all__ = [
    "as_time",
    "hour_number",
    "hour_of",
    "hours_apart",
    "iso_hour",
    "shown_hour",
    "since_when",
    "span_of",
]

UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
MONTHS: Final = {
    name.encode(): number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):")


@lru_cache(maxsize=20_000)
def hour_number(text: bytes) -> int:
    """`06/Feb/2019:13` as 2019020613, so that later hours are greater numbers; 0 where it is no time."""
    day, _, rest = text.partition(b"/")
    month, _, rest = rest.partition(b"/")
    year, _, hour = rest.partition(b":")
    if month not in MONTHS or not (day.isdigit() and year.isdigit() and hour.isdigit()):
        return 0
    return ((int(year) * 100 + MONTHS[month]) * 100 + int(day)) * 100 + int(hour)


def iso_hour(text: str) -> int:
    """`2026-11-20T10:15:02.000Z` as 2026112010; 0 where it is no time."""
    found = ISO.match(text)
    return int("".join(found.groups())) if found else 0


def hour_of(moment: datetime) -> int:
    """Return a moment as the number that log hours are compared by."""
    return int(f"{moment:%Y%m%d%H}")


def as_time(hour: int) -> datetime:
    """Return an hour number as a moment in UTC, without its zone; the beginning of time where it is none."""
    try:
        return datetime.strptime(f"{hour:010}", "%Y%m%d%H")
    except ValueError:
        return datetime.min


def shown_hour(hour: int) -> str:
    """Return an hour number for people, in UTC."""
    text = f"{hour:010}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:]}h" if hour else "?"


def hours_apart(one: int, other: int) -> timedelta:
    """Return how long two hour numbers are apart."""
    return abs(as_time(one) - as_time(other))


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
