"""A stack's config as the real CLI reads it: every mistake at once, and nothing deployed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import Stack, checkout_stack, new_stack

pytestmark = pytest.mark.e2e

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)

MISTAKES: dict[str, tuple[object, str]] = {
    "host bits": ("203.0.113.5/24", "`203.0.113.5/24` has host bits set"),
    "bare IPv4": ("203.0.113.5", "write `203.0.113.5/32`"),
    "bare IPv6": ("2001:db8::5", "write `2001:db8::5/128`"),
    "mapped": ("::ffff:203.0.113.0/120", "IPv4-mapped"),
    "private": ("10.0.0.0/8", "`10.0.0.0/8` is private"),
    "everything": ("0.0.0.0/0", "`0.0.0.0/0` is every IPv4 address"),
    "expired": ({"cidr": "198.51.100.0/24", "expires": str(YESTERDAY)}, "expired"),
    "misspelled field": ({"cidr": "192.0.2.0/24", "lable": "x"}, "did you mean `label`?"),
}


@pytest.fixture(scope="module")
def stack(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A stack with one mistake of every kind in its config."""
    return checkout_stack(
        stand,
        tmp_path_factory.mktemp("mistakes"),
        "mistaken",
        allowedNetworks=[entry for entry, _ in MISTAKES.values()],
        bucketName="Not_A_Bucket",
        allowedNetwork="x",
        encryption="aes-512",
        mustReach=["not an address"],
        users=[{"name": "alice", "access": ["rite"]}],
    )


def test_every_mistake_is_reported_at_once_without_a_traceback(stack: Stack, stand: Stand) -> None:
    """One preview reports all of them in the agreed form, exits non-zero, and nothing is made in AWS."""
    before = Aws(stand)("s3").list_buckets()["Buckets"]
    refused = stack("preview", expect=None)
    assert refused.code != 0
    expected = [
        *(message for _, message in MISTAKES.values()),
        "`Not_A_Bucket` contains a character",
        "did you mean `allowedNetworks`?",
        "`aes-512` is not a known encryption",
        "did you mean `write`?",
    ]
    missing = [message for message in expected if message not in refused.text]
    assert not missing, refused.text
    assert "error: config key `s3-perimeter:allowedNetworks`, entry 1: `203.0.113.5/24` has" in refused.text
    assert "hint: write `203.0.113.0/24` for the network or `203.0.113.5/32`" in refused.text
    assert "Traceback" not in refused.text
    assert "error: error:" not in refused.text
    assert stack.up(expect=None).code != 0
    assert Aws(stand)("s3").list_buckets()["Buckets"] == before


def test_an_allow_list_that_nobody_set_is_reported_as_a_mistake(stand: Stand, stack: Stack) -> None:
    """For a new stack without any config the message says what to set, in the same form."""
    empty = Stack("empty", stack.directory, stack.pulumi)
    new_stack(stand, empty.pulumi, empty.name)
    refused = empty("preview", expect=None)
    assert refused.code != 0
    assert "config key `s3-perimeter:allowedNetworks`: the allow-list is empty" in refused.text
    assert "pulumi config set --path 's3-perimeter:allowedNetworks[0]'" in refused.text


def test_pulumi_config_knows_every_key_with_its_default(stack: Stack) -> None:
    """`pulumi config` shows the schema's defaults, so a person sees what is in force."""
    shown = Stack("empty", stack.directory, stack.pulumi)("config", "--json").out
    for key in ("allowedNetworks", "users", "encryption", "accessLogs", "versioning", "protect"):
        assert f'"s3-perimeter:{key}"' in shown


def test_values_of_the_wrong_type_hide_no_other_mistake(stack: Stack) -> None:
    """Every key with a wrong type is reported at once, and what else is wrong with them."""
    wrong: dict[str, object] = {
        "bucketName": ["a"],
        "users": "ana",
        "accessLogs": 7,
        "versioning": "maybe",
        "tags": [1],
        "protect": {},
        "vpcEndpoints": "vpc-1",
        "breakGlassPrincipals": {"a": 1},
        "trustAwsServices": "perhaps",
        "mustReach": 5,
        "encryption": "rot13",
    }
    stack.configure(**wrong)
    try:
        refused = stack("preview", expect=None)
    finally:
        stack.configure(**dict.fromkeys(wrong))
    assert refused.code != 0
    for key in wrong:
        assert f"config key `s3-perimeter:{key}`" in refused.text, refused.text
