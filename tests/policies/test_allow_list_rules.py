"""The rules on the allow-list itself: its width, and the organisation's approval."""

from __future__ import annotations

import json

import pytest

from policies.rules import allow_list_not_too_wide, allow_list_within_approved_networks
from tests.policies.engine import Res, judge

STACK = Res("pulumi:pulumi:Stack", "acme-dev", {})
WIDE = allow_list_not_too_wide.RULE
APPROVED = allow_list_within_approved_networks.RULE


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
    assert judge([WIDE], [STACK], config=config(*networks)) == []


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
    (found,) = judge([WIDE], [STACK], config=config(*networks))
    assert reason in found.message
    assert found.urn == STACK.urn
    assert found.level == "ADVISORY"


def test_the_width_is_the_organisations_to_set() -> None:
    """A stricter limit in the pack's config counts."""
    (found,) = judge([WIDE], [STACK], config=config("8.8.8.0/24"), pack_config={WIDE.id: {"widestIPv4": 25}})
    assert "more than a whole /25" in found.message


@pytest.mark.parametrize("width", [0, 33, 8.5, True, "8"])
def test_refuses_a_width_that_is_none(width: object) -> None:
    """A setting that is no prefix length is a mandatory violation."""
    (found,) = judge(
        [WIDE], [STACK], config=config("8.8.8.0/24"), pack_config={WIDE.id: {"widestIPv4": width}}
    )
    assert "`widestIPv4`" in found.message
    assert found.level == "MANDATORY"


def test_accepts_networks_within_the_approved_ones() -> None:
    """A part of an approved network is approved; without a list the rule asks for nothing."""
    pack_config = {APPROVED.id: {"approvedNetworks": ["8.8.0.0/16", "2a00::/19"]}}
    assert (
        judge([APPROVED], [STACK], config=config("8.8.8.0/24", "2a00:1::/32"), pack_config=pack_config) == []
    )
    assert judge([APPROVED], [STACK], config=config("8.8.8.0/24")) == []


def test_refuses_what_is_not_approved_and_names_exactly_that() -> None:
    """Only the part beyond the approved networks is named."""
    pack_config = {APPROVED.id: {"approvedNetworks": ["8.8.8.0/25"]}}
    (found,) = judge([APPROVED], [STACK], config=config("8.8.8.0/24"), pack_config=pack_config)
    assert "it lets in 8.8.8.128/25," in found.message


@pytest.mark.parametrize("listed", [["8.8.8.0/99"], [8], "8.8.8.0/24"], ids=["no-network", "number", "text"])
def test_refuses_an_approved_list_that_cannot_be_read(listed: object) -> None:
    """A mistake in the organisation's list approves nothing."""
    pack_config = {APPROVED.id: {"approvedNetworks": listed}}
    (found,) = judge([APPROVED], [STACK], config=config("8.8.8.0/24"), pack_config=pack_config)
    assert "`approvedNetworks`" in found.message
