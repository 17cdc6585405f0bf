"""allow-list-not-too-wide: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import json

import pytest

from policies.rules import allow_list_not_too_wide
from tests.policies.engine import Res, judge

RULE = allow_list_not_too_wide.judge

STACK = Res("pulumi:pulumi:Stack", "acme-dev", {})


def config(*networks: str) -> dict[str, str]:
    return {"s3-perimeter:allowedNetworks": json.dumps(networks)}


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param(["8.8.8.8/32"], id="one-host"),
        pytest.param(["8.0.0.0/8"], id="widest-ipv4"),
        pytest.param(["2a00::/19"], id="widest-ipv6"),
    ],
)
def test_accepts_reasonable_widths(networks: list[str]) -> None:
    """Up to one network of the widest size is fine."""
    assert judge([RULE], [STACK], config=config(*networks)) == []


@pytest.mark.parametrize(
    ("networks", "reason"),
    [
        pytest.param(["8.0.0.0/7"], "IPv4", id="one-wide-network"),
        pytest.param(["8.0.0.0/8", "20.0.0.0/9"], "IPv4", id="many-together"),
        pytest.param(["2a00::/18"], "IPv6", id="wide-ipv6"),
    ],
)
def test_refuses_too_much_address_space(networks: list[str], reason: str) -> None:
    """Many networks together are as wide as one; the message counts the addresses."""
    (found,) = judge([RULE], [STACK], config=config(*networks))
    assert reason in found.message
    assert found.urn == STACK.urn
    assert found.level == "ADVISORY"


def test_the_width_is_the_organizations_to_set() -> None:
    """A stricter limit in the pack's config counts."""
    (found,) = judge([RULE], [STACK], config=config("8.8.8.0/24"), pack_config={RULE.id: {"widestIPv4": 25}})
    assert "more than a whole /25" in found.message


@pytest.mark.parametrize("width", [0, 33, 8.5, True, "8"])
def test_refuses_a_width_that_is_none(width: object) -> None:
    """A setting that is no prefix length is a mandatory violation."""
    (found,) = judge(
        [RULE], [STACK], config=config("8.8.8.0/24"), pack_config={RULE.id: {"widestIPv4": width}}
    )
    assert "`widestIPv4`" in found.message
    assert found.level == "MANDATORY"
