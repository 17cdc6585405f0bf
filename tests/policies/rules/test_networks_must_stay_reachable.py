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
    ("spoiled", "reason"),
    [
        pytest.param(
            text(deny(Condition={"NotIpAddress": {"aws:SourceIp": ALLOWED[0]}})),
            "2001:db8:1234::/48",
            id="ipv4-only",
        ),
        pytest.param(text(deny(Condition={})), "203.0.113.0/24", id="everybody-out"),
    ],
)
def test_refuses(form: Form, spoiled: object, reason: str) -> None:
    """A network of the allow-list that is shut out is one violation that names it."""
    (found,) = judge([RULE], form(spoiled), config=CONFIG)
    assert reason in found.message


def test_names_the_address_that_has_to_stay_inside() -> None:
    """Where the shut-out part holds an address of `mustReach`, the message says so."""
    config = {**CONFIG, "s3-perimeter:mustReach": '["2001:db8:1234::7"]'}
    spoiled = text(deny(Condition={"NotIpAddress": {"aws:SourceIp": ALLOWED[0]}}))
    (found,) = judge([RULE], FORMS["sidecar"](spoiled), config=config)
    assert "`mustReach` needs 2001:db8:1234::7/128" in found.message


def test_asks_nothing_without_an_allow_list() -> None:
    """Without an allow-list nothing has to be reachable; the sealing rule refuses that deployment."""
    assert judge([RULE], FORMS["sidecar"](text(deny())), config={}) == []
