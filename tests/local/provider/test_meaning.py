"""Policy documents that mean the same, and some that nearly do."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.meaning import meaning

ALLOW = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param({"Statement": ALLOW}, {"Statement": [ALLOW]}, True, id="one statement and a list"),
        pytest.param(
            {"Statement": [ALLOW, DENY]}, {"Statement": [DENY, ALLOW]}, True, id="statements' order"
        ),
        pytest.param(
            {"Action": ["s3:PutObject", "s3:GetObject"]},
            {"Action": ["s3:GetObject", "s3:PutObject"]},
            True,
            id="values' order",
        ),
        pytest.param({"Action": ["s3:*"]}, {"Action": "s3:*"}, True, id="one value and a list"),
        pytest.param(
            {"Bool": {"aws:SecureTransport": False}},
            {"Bool": {"aws:SecureTransport": "false"}},
            True,
            id="a boolean and its text",
        ),
        pytest.param(
            {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"}, True, id="an account's root"
        ),
        pytest.param({"Statement": [ALLOW]}, {"Statement": [DENY]}, False, id="another effect"),
        pytest.param({"Statement": [ALLOW]}, {"Statement": [ALLOW, ALLOW]}, False, id="twice"),
        pytest.param({"Action": "s3:getobject"}, {"Action": "s3:GetObject"}, False, id="another spelling"),
        pytest.param(
            {"aws:SourceIp": "10.0.0.0/8"}, {"aws:SourceIp": "10.0.0.0/9"}, False, id="another value"
        ),
    ],
)
def test_meaning(one: Any, other: Any, same: bool) -> None:
    """Equal forms for equal meanings only."""
    assert (meaning(one) == meaning(other)) is same
