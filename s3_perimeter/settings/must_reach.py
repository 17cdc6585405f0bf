"""`mustReach`: addresses that the allow-list has to keep inside, so that nobody locks out the CI runner."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.addresses import AddressSet
from s3_perimeter.semantics.networks import NetworkError, read_network
from s3_perimeter.settings.allowed import AllowedNetwork, addresses_of
from s3_perimeter.settings.forms import items, shown
from s3_perimeter.settings.report import Report

__all__ = ["read_must_reach"]

SHOWN = 4
EXAMPLE = 'write a list such as `["203.0.113.7"]`'


def read_must_reach(
    value: object, report: Report, allowed: Sequence[AllowedNetwork], *, complete: bool
) -> AddressSet:
    """Return the addresses; one outside the allow-list is a mistake, if that list was read `complete`."""
    must_reach = AddressSet.nothing()
    entries = None if value is None else items(value, report, EXAMPLE)
    inside = addresses_of(allowed)
    for_good = addresses_of([entry for entry in allowed if entry.expires is None])
    for position, entry in enumerate(entries or (), 1):
        here = report.at(f"entry {position}")
        if not isinstance(entry, str) or not entry:
            here.mistake(f"expected an address or network, found {shown(entry)}", EXAMPLE)
            continue
        try:
            wanted = AddressSet.parse([str(read_network(entry, bare=True))])
        except NetworkError as error:
            here.mistake(error.advice.problem, error.advice.remedy)
            continue
        missing = wanted - inside
        if missing and complete:
            some = ", ".join(missing.cidrs()[:SHOWN]) + (", …" if len(missing.cidrs()) > SHOWN else "")
            part = "" if missing == wanted else f" in part ({some})"
            here.mistake(
                f"`{entry}` is not on the allow-list{part}, so the bucket's policy would lock it out",
                "add it to `allowedNetworks`, or remove it from `mustReach`",
            )
        elif complete and not wanted.issubset(for_good):
            here.warn(
                f"`{entry}` is on the allow-list only until an entry expires",
                "give it an entry without `expires`",
            )
        must_reach |= wanted
    return must_reach
