"""The table of condition keys: complete, and the same in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from s3_perimeter import Channel, Kind
from s3_perimeter.proof.condition_key import Presence, Shape, presence
from s3_perimeter.proof.keys import KEYS, key_named

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "condition-keys.md"


def row(name: str) -> str:
    """One key's line of the page."""
    key = key_named(name.lower())
    assert key is not None
    cells = [found.value for found in key.channels]
    only = ", ".join(sorted(kind.name.lower().replace("_", " ") for kind in key.kinds)) if key.kinds else ""
    shape = "several: " + key.shape if key.many else key.shape
    return f"| `{key.name}` | {shape} | {' | '.join(cells)} | {only} |"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_page_says_what_the_proof_uses(key: object) -> None:
    """Every key stands in the reference with the presence that the proof counts with."""
    name = getattr(key, "name", "")
    assert row(name + ("x" if name.endswith("/") else "")) in PAGE.read_text()


def test_an_unheard_of_key_is_doubtful() -> None:
    """Nothing leans on it."""
    assert presence(key_named("s3:neverheardof"), Channel.PUBLIC_SIGNED, Kind.USER) is Presence.DOUBTFUL


def test_a_signature_brings_the_keys_that_need_one() -> None:
    """Through a VPC endpoint too, the anonymous lack what the signature brings, and have the network's
    keys.
    """
    for name, expected in (
        ("aws:principaltag/x", Presence.ABSENT),
        ("aws:principalisawsservice", Presence.ABSENT),
        ("aws:sourcevpce", Presence.PRESENT),
        ("aws:sourceip", Presence.ABSENT),
        ("aws:referer", Presence.FREE),
    ):
        assert presence(key_named(name), Channel.VPC_ENDPOINT, Kind.ANONYMOUS) is expected


def test_only_choices_have_choices() -> None:
    """A closed list of values belongs to one shape alone."""
    for key in KEYS:
        assert bool(key.choices) is (key.shape is Shape.CHOICE), key.name
