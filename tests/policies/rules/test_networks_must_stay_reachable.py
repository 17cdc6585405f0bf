"""networks-must-stay-reachable: start reachable, break exactly one thing, expect exactly one message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policies.rules import networks_must_stay_reachable
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import ALLOWED, CONFIG, FORMS, deny, deny_plain_http, text

RULE = networks_must_stay_reachable.judge

Form = Callable[[object], list[Res]]
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


@forms
@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(text(deny(), deny_plain_http()), id="sealed"),
        pytest.param(UNKNOWN, id="unknown-is-the-sealing-rules-business"),
        pytest.param("{", id="not-a-policy"),
    ],
)
def test_accepts(form: Form, policy: object) -> None:
    """A policy that leaves the whole allow-list in is compliant."""
    assert judge([RULE], form(policy), config=CONFIG) == []


@forms
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(
            text(deny(Condition={"NotIpAddress": {"aws:SourceIp": ALLOWED[0]}})),
            "2001:db8:1234::/48",
            id="ipv4-only",
        ),
        pytest.param(
            text(deny(Condition={})),
            "203.0.113.0/24 and 2001:db8:1234::/48 cannot list the bucket, read objects, write objects or",
            id="everybody-out",
        ),
        pytest.param(
            text(deny(), deny(Action=["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], Condition={})),
            "cannot maintain the bucket",
            id="nobody-may-change-the-policy",
        ),
        pytest.param(
            text(deny(), deny(Condition={"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}})),
            "from 2099-01-01T00:00:01Z on",
            id="from-a-day-on",
        ),
    ],
)
def test_refuses(form: Form, broken: object, reason: str) -> None:
    """A network of the allow-list that is locked out is one violation that names it."""
    (found,) = judge([RULE], form(broken), config=CONFIG)
    assert reason in found.message


def test_names_the_address_that_has_to_stay_inside() -> None:
    """Where the locked-out part holds an address of `mustReach`, the message says so."""
    config = {**CONFIG, "s3-perimeter:mustReach": '["2001:db8:1234::7"]'}
    broken = text(deny(Condition={"NotIpAddress": {"aws:SourceIp": ALLOWED[0]}}))
    (found,) = judge([RULE], FORMS["part"](broken), config=config)
    assert "`mustReach` needs 2001:db8:1234::7/128" in found.message


@pytest.mark.parametrize(
    ("key", "value", "whom"),
    [
        ("vpcEndpoints", '["vpce-0a1b2c3d"]', "requests through VPC endpoint `vpce-0a1b2c3d` cannot"),
        ("breakGlassPrincipals", '["arn:aws:iam::111122223333:role/bg"]', "role/bg` cannot list"),
        ("trustAwsServices", "true", "AWS services cannot list"),
    ],
)
def test_names_an_exemption_that_the_policy_does_not_make(key: str, value: str, whom: str) -> None:
    """Declared exempt, and denied all the same: the fix is to exempt it, not to list networks."""
    config = {**CONFIG, f"s3-perimeter:{key}": value}
    (found,) = judge([RULE], FORMS["part"](text(deny())), config=config)
    assert whom in found.message
    assert "fix: add `" in found.message


def test_asks_nothing_without_an_allow_list() -> None:
    """Without an allow-list nothing has to be reachable; the sealing rule refuses that deployment."""
    assert judge([RULE], FORMS["part"](text(deny())), config={}) == []
