"""Every message about a config, word by word: `messages/KEY.json` holds the cases of one key.

A case has a value for the key and what is then said: mistakes where there are any, else warnings, each as the
lines that are printed; nothing where the value is fine.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from s3_perimeter.settings import KEYS
from tests.s3_perimeter.settings.configs import remarks

MESSAGES = Path(__file__).with_name("messages")
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['topic']}: {case['case']}")
    for path in sorted(MESSAGES.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("key", "case"), CASES)
def test_a_value_is_reported_in_these_words(key: str, case: dict[str, Any]) -> None:
    """What is wrong, where, and what to write."""
    assert remarks(key, case["value"]) == case["remarks"]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_refuses_what_is_of_another_type(key: str) -> None:
    """A number where text, a flag, a list or an object belongs is a mistake at its key."""
    (mistake,) = remarks(key, 7)
    assert mistake[0].startswith(f"error: config key `s3-perimeter:{key}`: ")
    assert "the number `7`" in mistake[0]
    assert mistake[1] == ""
    assert mistake[2].startswith("hint: ")


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        pytest.param("allowedNetwork", "hint: did you mean `allowedNetworks`?", id="a letter missing"),
        pytest.param("trustAWSservices", "hint: did you mean `trustAwsServices`?", id="another case"),
        pytest.param("vpcEdnpoints", "hint: did you mean `vpcEndpoints`?", id="two letters swapped"),
    ],
)
def test_an_unknown_key_is_reported_with_the_nearest_one(key: str, hint: str) -> None:
    """A mistyped key is never silently without effect."""
    assert remarks(key, 1) == [
        [f"error: config key `s3-perimeter:{key}`: `{key}` is not a known config key", "", hint],
    ]


def test_an_unknown_key_that_is_near_to_none_is_reported_with_all() -> None:
    """The list of keys is the hint."""
    ((_, _, hint),) = remarks("banana", 1)
    assert all(f"`{key}`" in hint for key in KEYS)
