"""user-programmatic-only and access-key-slots: start compliant, break exactly one thing, expect one
message.
"""

from __future__ import annotations

import pytest

from policies.rules import access_key_slots, user_programmatic_only
from tests.policies.engine import UNKNOWN, Res, judge, secret

USER = Res("aws:iam/user:User", "ada", {"name": "ada"})


def key(slot: int, user: object = "ada", *links: str) -> Res:
    return Res(
        "aws:iam/accessKey:AccessKey",
        f"ada-{slot}",
        {"user": user},
        {"secret": secret("x")},
        {"user": list(links)},
    )


def test_a_user_with_keys_only_is_compliant() -> None:
    """A user without a password and with two keys breaks neither rule."""
    rules = [access_key_slots.RULE, user_programmatic_only.RULE]
    assert judge(rules, [USER, key(1), key(2, UNKNOWN, USER.urn)]) == []


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param(
            [USER, Res("aws:iam/userLoginProfile:UserLoginProfile", "p", {"user": "ada"})], id="aws"
        ),
        pytest.param(
            [Res("aws-native:iam:User", "ada", {"loginProfile": {"password": secret("x")}})], id="native"
        ),
        pytest.param([Res("aws-native:iam:User", "ada", {"loginProfile": UNKNOWN})], id="native-unknown"),
    ],
)
def test_refuses_a_console_password(resources: list[Res]) -> None:
    """A login profile is one violation that names the user and never its password."""
    (found,) = judge([user_programmatic_only.RULE], resources)
    assert "`ada`: it has a console login profile" in found.message


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([USER, key(1), key(2), key(3)], "access key number 3", id="three-keys"),
        pytest.param([USER, key(1), key(2, UNKNOWN)], "not known during preview", id="unlinked-key"),
    ],
)
def test_refuses_more_keys_than_slots(resources: list[Res], reason: str) -> None:
    """A third key, or one that cannot be counted, is one violation."""
    (found,) = judge([access_key_slots.RULE], resources)
    assert reason in found.message
