"""Row: a figure keeps its target or misses it, whichever way is better."""

import pytest

from bench.__main__ import table
from bench.rows import Row


@pytest.mark.parametrize(
    ("row", "holds", "times"),
    [
        pytest.param(
            Row("q", 2.0, "ms", target=3.0, peer="p", peer_value=8.0), True, 4.0, id="lower and kept"
        ),
        pytest.param(Row("q", 4.0, "ms", target=3.0), False, None, id="lower and missed"),
        pytest.param(
            Row("q", 120.0, "MB/s", target=100.0, better="higher"), True, None, id="higher and kept"
        ),
        pytest.param(
            Row("q", 20.0, "MB/s", better="higher", peer="p", peer_value=10.0), None, 2.0, id="no target"
        ),
    ],
)
def test_a_figure_is_held_against_its_target_and_its_peer(
    row: Row, holds: bool | None, times: float | None
) -> None:
    """The verdict and the factor follow the direction that is better."""
    assert row.holds is holds
    assert row.times_better == times


def test_a_missed_target_is_seen_in_the_table() -> None:
    """Nobody has to compare numbers to notice."""
    assert "MISSED" in table([Row("slow thing", 4.0, "ms", target=3.0)])
