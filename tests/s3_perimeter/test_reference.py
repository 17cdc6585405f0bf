"""The page of condition keys: as the proof's table has them."""

from __future__ import annotations

import pytest

from s3_perimeter.proof.keys import JOINT_KEYS, KEYS
from s3_perimeter.reference import PAGE, condition_keys_page


def test_the_page_of_condition_keys_is_fresh() -> None:
    """`python -m s3_perimeter.reference` writes it."""
    assert PAGE.read_text(encoding="utf-8") == condition_keys_page()


@pytest.mark.parametrize("key", [*KEYS, *JOINT_KEYS.values()], ids=lambda key: key.name)
def test_every_key_has_a_row_with_its_presence_in_each_channel(key: object) -> None:
    """A key that is decided together with others has one too."""
    name = getattr(key, "name", "")
    (row,) = (line for line in condition_keys_page().splitlines() if line.startswith(f"| `{name}` |"))
    assert row.split(" | ")[2:7] == [found.value for found in getattr(key, "channels", ())]
