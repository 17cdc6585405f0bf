"""Row: a figure keeps its limit or misses it, whichever way is better."""

import pytest

from bench.__main__ import table
from bench.results import Figure
from bench.rows import Row, compared, turns


@pytest.mark.parametrize(
    ("row", "holds", "ratio"),
    [
        pytest.param(Row("q", 2, "ms", peer="p", peer_value=8, most=0.5), True, 0.25, id="at most, kept"),
        pytest.param(Row("q", 6, "ms", peer="p", peer_value=2, most=2.5), False, 3.0, id="at most, missed"),
        pytest.param(Row("q", 2, "ms", peer="p", peer_value=50, least=20), True, 25.0, id="at least, kept"),
        pytest.param(
            Row("q", 5, "ms", peer="p", peer_value=50, least=20), False, 10.0, id="at least, missed"
        ),
        pytest.param(
            Row("q", 90, "MB/s", better="higher", peer="p", peer_value=100, least=0.8),
            *(True, 0.9),
            id="a rate, of which more is better",
        ),
        pytest.param(Row("q", 9, "s", peer="p", peer_value=1, most=2, paired=1.5), True, 1.5, id="by rounds"),
        pytest.param(Row("q", 9, "s", peer="p", peer_value=3), None, 3.0, id="a peer and no limit"),
        pytest.param(Row("q", 9, "s"), None, None, id="neither peer nor limit"),
        pytest.param(Row("q", 9, "s", most=2), False, None, id="a limit and no peer"),
        pytest.param(Row("q", 0, "", target=0), True, None, id="a count that has to be none"),
        pytest.param(Row("q", 1, "", target=0), False, None, id="a count that is not none"),
    ],
)
def test_a_figure_is_held_against_its_peer(row: Row, holds: bool | None, ratio: float | None) -> None:
    """The verdict and the ratio follow the direction of the limit."""
    assert row.holds is holds
    assert row.ratio == ratio


def test_figures_taken_in_turns_are_compared_round_by_round() -> None:
    """A round in which all the machine was slow has the same ratio as any other."""
    row = compared("q", [1.0, 10.0, 1.2], "p", [2.0, 20.0, 2.4], scale=1e3, unit="ms", least=1.5)
    assert (row.value, row.peer_value, row.ratio, row.holds) == (1200.0, 2400.0, 2.0, True)
    assert compared("q", [3.0, 30.0], "p", [2.0, 20.0], most=1.6).ratio == 1.5


def test_calls_take_turns() -> None:
    """Each is called once a round, in order."""
    order: list[str] = []

    def call(name: str) -> float:
        order.append(name)
        return float(len(order))

    assert turns(lambda: call("a"), lambda: call("b"), rounds=3) == [[1, 3, 5], [2, 4, 6]]
    assert "".join(order) == "ababab"


def test_a_figure_over_runs_is_the_median_with_its_spread() -> None:
    """One run that was disturbed does not decide, and is seen."""
    rows = [
        Row("q", value, "s", peer="p", peer_value=2.0, most=1.1, paired=value / 2) for value in (2, 9, 2.1)
    ]
    figure = Figure.of(rows)
    assert (figure.row.value, figure.row.ratio, figure.row.holds) == (2.1, 1.05, True)
    assert (figure.lowest, figure.highest) == (1.0, 4.5)
    alone = Figure.of([Row("q", value, "s") for value in (3.0, 1.0, 2.0)])
    assert (alone.row.value, alone.lowest, alone.highest) == (2.0, 1.0, 3.0)


def test_a_missed_limit_is_seen_in_the_table() -> None:
    """Nobody has to compare numbers to notice."""
    missed = Figure.of([Row("slow thing", 4.0, "ms", peer="p", peer_value=1.0, most=3)])
    assert "MISSED" in table([missed])
