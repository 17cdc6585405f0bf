"""The nearest known name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.documents.nearest import edits, nearest

KNOWN = ("Statement", "Version", "Id", "Sid", "Effect", "Action")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        pytest.param("Statements", "Statement", id="a letter too many"),
        pytest.param("Statment", "Statement", id="a letter missing"),
        pytest.param("Vresion", "Version", id="two letters swapped"),
        pytest.param("effect", "Effect", id="another case"),
        pytest.param("Actoins", "Action", id="two slips"),
        pytest.param("Principal", None, id="another word"),
        pytest.param("x", None, id="too short to say"),
        pytest.param("", None, id="nothing"),
        pytest.param("Statement" * 1000, None, id="a very long name"),
    ],
)
def test_a_slip_is_recognized_and_another_word_is_not(name: str, near: str | None) -> None:
    """A wrong suggestion is worse than none."""
    assert nearest(name, KNOWN) == near


@given(st.text(alphabet="ab", max_size=6), st.text(alphabet="ab", max_size=6))
def test_edits_are_a_distance(left: str, right: str) -> None:
    """Nothing between equals, the same both ways, and never more than the longer word."""
    assert edits(left, right) == edits(right, left)
    assert (edits(left, right) == 0) == (left == right)
    assert abs(len(left) - len(right)) <= edits(left, right) <= max(len(left), len(right))
