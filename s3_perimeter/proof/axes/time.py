"""The axis of time: moments that stand for all from now on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime

from s3_perimeter.proof.axes.axis import Axis
from s3_perimeter.proof.axes.cut import Cut, RequestClass
from s3_perimeter.proof.outside import Scenario
from s3_perimeter.proof.values import moments

__all__ = ["TimeAxis", "moment_classes"]


class TimeAxis(Axis):
    """When a request is made, by ``aws:CurrentTime`` and ``aws:EpochTime``."""

    def variant(self, scenario: Scenario) -> Hashable:
        """Return how finely moments are distinguished."""
        return scenario.is_for_witness

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the moments that the conditions distinguish, from the first of all periods on."""
        since = [period.since for period in self.outside.periods]
        return moment_classes(moments(self.conditions, since, finer=not scenario.is_for_witness))

    def possible(self, scenario: Scenario, cut: Cut) -> int:
        """Return the moments that are not before the scenario's period."""
        since = self.outside.periods[scenario.period].since
        return cut.where(lambda each: each.moment is not None and each.moment >= since)


def moment_classes(given: Iterable[datetime]) -> list[RequestClass]:
    """Return moments as the two keys that hold the time of the request."""
    return [
        RequestClass(
            {
                "aws:currenttime": (moment.isoformat().replace("+00:00", "Z"),),
                "aws:epochtime": (str(int(moment.timestamp())),),
            },
            moment=moment,
        )
        for moment in given
    ]
