"""tls-required: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from policies.rules import tls_required
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import FORMS, NAME, bucket, deny, deny_plain_http, text, with_part

RULE = tls_required.judge

Form = Callable[[object], list[Res]]
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def plain(**changed: Any) -> str:
    return text(deny(), deny_plain_http(**changed))


@forms
@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(plain(), id="bool"),
        pytest.param(secret(plain()), id="secret"),
        pytest.param(plain(Condition={"BoolIfExists": {"AWS:securetransport": False}}), id="if-exists"),
        pytest.param(
            text(
                deny_plain_http(Resource=f"arn:aws:s3:::{NAME}"),
                deny_plain_http(Resource=f"arn:aws:s3:::{NAME}/*"),
            ),
            id="two-statements",
        ),
    ],
)
def test_accepts(form: Form, policy: object) -> None:
    """A Deny on plain HTTP for everything is compliant however it is written and held."""
    assert judge([RULE], form(policy)) == []


@forms
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(text(deny()), "over plain HTTP", id="none"),
        pytest.param(plain(Effect="Allow"), "over plain HTTP", id="allow"),
        pytest.param(plain(Resource=f"arn:aws:s3:::{NAME}/*"), "over plain HTTP", id="objects-only"),
        pytest.param(plain(Action="s3:GetObject"), "over plain HTTP", id="one-action"),
        pytest.param(
            plain(Condition={"Bool": {"aws:SecureTransport": "true"}}), "over plain HTTP", id="upside-down"
        ),
        pytest.param(
            plain(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}), "plain HTTP", id="version-only"
        ),
        pytest.param(UNKNOWN, "not known during preview", id="unknown"),
        pytest.param("{", "S3 would reject", id="not-json"),
    ],
)
def test_refuses(form: Form, broken: object, reason: str) -> None:
    """Anything that leaves plain HTTP open is one violation."""
    (found,) = judge([RULE], form(broken))
    assert f"`{NAME}`" in found.message
    assert reason in found.message


def test_the_request_over_plain_http_is_written_out() -> None:
    """With its action, its object and who sends it."""
    (found,) = judge([RULE], with_part(plain(Action="s3:GetObject")))
    assert re.search(r"does not deny s3:\w+ on arn:aws:s3:::\S+ by (arn:aws:|anonymous)", found.message)


def test_refuses_a_bucket_without_policy() -> None:
    """No policy asks for nothing."""
    (found,) = judge([RULE], [bucket()])
    assert "it has no bucket policy that requires TLS" in found.message
