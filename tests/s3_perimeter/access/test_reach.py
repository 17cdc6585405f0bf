"""Until when a policy lets an address pass, by every way to write a date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from s3_perimeter.access.reach import Reach
from tests.s3_perimeter.policies import NOW, deny, policy

END = datetime(2027, 3, 1, tzinfo=UTC)
STAMP = "2027-03-01T00:00:00Z"
SECONDS = str(int(END.timestamp()))
ENDS = {
    "from-a-moment-on": ({"DateGreaterThanEquals": {"aws:CurrentTime": STAMP}}, END),
    "after-a-moment": ({"DateGreaterThan": {"aws:CurrentTime": STAMP}}, END + timedelta(seconds=1)),
    "a-day": ({"DateGreaterThanEquals": {"aws:CurrentTime": "2027-03-01"}}, END),
    "seconds": ({"NumericGreaterThanEquals": {"aws:EpochTime": SECONDS}}, END),
    "seconds-as-a-date": ({"DateGreaterThanEquals": {"aws:EpochTime": SECONDS}}, END),
    "over-already": ({"DateLessThan": {"aws:CurrentTime": STAMP}}, None),
    "no-date": ({"Bool": {"aws:SecureTransport": "false"}}, None),
}


@pytest.mark.parametrize(("condition", "end"), ENDS.values(), ids=ENDS)
def test_a_network_has_access_until_a_deny_begins(condition: dict[str, object], end: datetime | None) -> None:
    """At the first second at which less gets through than now."""
    document = policy(deny(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, **condition}))
    assert Reach(document, "b", NOW).until("203.0.113.7") == end
