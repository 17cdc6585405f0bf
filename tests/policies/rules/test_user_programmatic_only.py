"""user-programmatic-only: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import user_programmatic_only
from tests.policies.engine import UNKNOWN, Res, judge, secret

RULE = user_programmatic_only.judge

USER = Res("aws:iam/user:User", "ada", {"name": "ada"})


def test_a_user_without_a_password_is_compliant() -> None:
    """An access key is no way into the console."""
    key = Res("aws:iam/accessKey:AccessKey", "ada", {"user": "ada"})
    assert judge([RULE], [USER, key]) == []


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
    (found,) = judge([RULE], resources)
    assert "`ada`: it has a console login profile" in found.message
