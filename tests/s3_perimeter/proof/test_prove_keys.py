"""The table of condition keys: which requests carry a key, and which values it has."""

from __future__ import annotations

from s3_perimeter import Channel, Kind
from s3_perimeter.proof.condition_key import Presence, Shape, presence
from s3_perimeter.proof.keys import KEYS, key_named


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
