"""What the proof reckons with: boxes of classes, sets of values, and a budget."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.proof.boxes import Box, uncovered
from s3_perimeter.proof.values import element_sets
from s3_perimeter.proof.work import Budget, TooMuchWork

BOX = st.tuples(*[st.integers(0, 7)] * 3)


def points(box: Box) -> set[Box]:
    """The requests of a box, a class in each dimension."""
    return set(product(*([at for at in range(3) if bits >> at & 1] for bits in box)))


@given(st.lists(BOX.filter(all), max_size=6))
def test_what_boxes_leave_of_a_universe_is_found_if_they_leave_anything(boxes: list[Box]) -> None:
    """And no box touches it."""
    universe = (7, 7, 7)
    found = uncovered(universe, boxes, Budget())
    left = points(universe).difference(*map(points, boxes))
    assert (found is None) is (not left)
    assert found is None or points(found) <= left


def test_a_cover_that_takes_too_long_is_given_up() -> None:
    """With the reason: each box cuts what the others leave in pieces."""
    boxes = [
        tuple(1 + (seed >> at & 1) if at in chosen else 3 for at in range(14))
        for seed, chosen in enumerate(combinations(range(14), 4))
    ]
    with pytest.raises(TooMuchWork, match="statements"):
        uncovered((3,) * 14, boxes, Budget(2_000))


def test_a_budget_can_be_spent_to_its_end_and_not_past_it() -> None:
    """What the steps were for is reported."""
    budget = Budget(5)
    budget.spend(3, "one thing")
    budget.spend(2, "another")
    with pytest.raises(TooMuchWork, match="the last"):
        budget.spend(1, "the last")


@pytest.mark.parametrize(
    ("elements", "conditions", "sets"),
    [
        pytest.param("ab", 0, ["a", "b"], id="only-presence-matters"),
        pytest.param("abc", 1, ["a", "b", "c"], id="one-condition"),
        pytest.param("abc", 2, ["a", "b", "c", "ab", "ac", "bc"], id="two"),
        pytest.param("ab", 5, ["a", "b", "ab"], id="more-than-elements"),
    ],
)
def test_a_set_has_an_element_for_each_condition(elements: str, conditions: int, sets: list[str]) -> None:
    """Smaller ones come first, and all are there."""
    assert element_sets(elements, conditions) == [tuple(chosen) for chosen in sets]


def test_sets_are_listed_as_long_as_they_are_a_thousand() -> None:
    """And not at all where they are more."""
    assert len(element_sets(["x"] * 1_000, 1) or ()) == 1_000
    assert element_sets(["x"] * 1_001, 1) is None
    assert element_sets(["x"] * 45, 2) is None
