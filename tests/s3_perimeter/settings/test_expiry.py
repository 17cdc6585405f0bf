"""Expiring entries: what the perimeter says of each address at each moment."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter import AddressSet, ExpiringNetworks
from s3_perimeter.settings import AllowedNetwork
from s3_perimeter.settings.allowed import addresses_of, expiring_networks

DAYS = [date(2026, 12, day) for day in range(1, 6)]


def midnight_after(day: date) -> datetime:
    """The first moment after that day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def test_an_entry_is_good_through_the_end_of_its_day() -> None:
    """The first moment at which it is refused is the next midnight, also across a year."""
    assert AllowedNetwork("8.8.8.0/24", expires=date(2026, 12, 31)).until == datetime(2027, 1, 1, tzinfo=UTC)
    assert AllowedNetwork("8.8.8.0/24").until is None


def test_the_longest_promise_counts() -> None:
    """What a permanent entry allows never expires, and of two expiries the later one holds."""
    entries = [
        AllowedNetwork("8.8.8.0/26", expires=DAYS[0]),
        AllowedNetwork("8.8.8.0/25", expires=DAYS[2]),
        AllowedNetwork("8.8.8.0/24", expires=DAYS[1]),
        AllowedNetwork("8.8.8.192/26"),
    ]
    assert expiring_networks(entries) == (
        ExpiringNetworks(AddressSet.parse(["8.8.8.128/26"]), midnight_after(DAYS[1])),
        ExpiringNetworks(AddressSet.parse(["8.8.8.0/25"]), midnight_after(DAYS[2])),
    )


@st.composite
def entries(draw: st.DrawFn) -> AllowedNetwork:
    """An entry among sixteen addresses, with or without an expiry."""
    prefix = draw(st.integers(28, 32))
    size = 2 ** (32 - prefix)
    first = draw(st.integers(0, 16 // size - 1)) * size
    return AllowedNetwork(f"8.8.8.{first}/{prefix}", expires=draw(st.none() | st.sampled_from(DAYS)))


@given(st.lists(entries(), max_size=8))
def test_each_address_expires_exactly_when_no_entry_is_left_for_it(drawn: list[AllowedNetwork]) -> None:
    """Address by address, against the entries themselves; the parts are disjoint and in order."""
    expiring = expiring_networks(drawn)
    assert [one.until for one in expiring] == sorted({one.until for one in expiring})
    assert sum(one.addresses.size() for one in expiring) <= addresses_of(drawn).size()
    for number in range(16):
        address = f"8.8.8.{number}"
        promises = [one.until for one in drawn if address in AddressSet.parse([one.cidr])]
        last = None if not promises or None in promises else max(until for until in promises if until)
        assert [one.until for one in expiring if address in one.addresses] == ([last] if last else [])
