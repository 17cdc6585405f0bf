"""access-key-slots: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import access_key_slots
from tests.policies.engine import UNKNOWN, Res, judge, secret

RULE = access_key_slots.judge

USER = Res("aws:iam/user:User", "ada", {"name": "ada"})


def key(slot: int, user: object = "ada", *links: str) -> Res:
    return Res(
        "aws:iam/accessKey:AccessKey",
        f"ada-{slot}",
        {"user": user},
        {"secret": secret("x")},
        {"user": list(links)},
    )


def test_two_keys_are_compliant() -> None:
    """One key in use and one slot for rotation, the user known by name or by dependency."""
    assert judge([RULE], [USER, key(1), key(2, UNKNOWN, USER.urn)]) == []


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([USER, key(1), key(2), key(3)], "access key number 3", id="three-keys"),
        pytest.param([USER, key(1), key(2, UNKNOWN)], "not known during preview", id="unlinked-key"),
    ],
)
def test_refuses_more_keys_than_slots(resources: list[Res], reason: str) -> None:
    """A third key, or one that cannot be counted, is one violation."""
    (found,) = judge([RULE], resources)
    assert reason in found.message
