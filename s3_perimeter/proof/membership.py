"""Membership: which addresses of an allow-list are allowed when, as far as anything tells moments apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.address import address_set, split
from s3_perimeter.proof.axes.axis import Universe
from s3_perimeter.proof.values import moments

__all__ = ["Membership"]


class Membership:
    """An allow-list over time: `now` is what is allowed at first, `moments` those to look at, in order."""

    def __init__(
        self,
        perimeter: Perimeter,
        since: datetime,
        universes: Iterable[Universe],
        about_time: Sequence[tuple[Condition, bool]],
    ) -> None:
        self._expiring = [(entry.until, entry.addresses) for entry in perimeter.expiring]
        self._known: dict[datetime, AddressSet] = {}
        self.now = perimeter.allowed
        self.now = self.at(since)
        self.moments = [since]
        if about_time:
            known = [since, *(max(since, universe.since) for universe in universes)]
            self.moments = moments(about_time, known, finer=False)

    def at(self, moment: datetime) -> AddressSet:
        """Return the addresses that are allowed at a moment."""
        if moment not in self._known:
            left = self.now
            for until, addresses in self._expiring:
                left = left - addresses if until <= moment else left
            self._known[moment] = left
        return self._known[moment]

    def parts(self, about_addresses: Iterable[tuple[Condition, bool]]) -> list[AddressSet]:
        """Return the parts of what is allowed that conditions and expiring entries tell apart."""
        sets: list[AddressSet] = [addresses for _, addresses in self._expiring]
        for condition, variables in about_addresses:
            named = None if condition.operator == "Null" else address_set(condition, variables=variables)
            if named is not None and named not in sets:
                sets.append(named)
        return [part for part, _ in split(self.now, sets)]
