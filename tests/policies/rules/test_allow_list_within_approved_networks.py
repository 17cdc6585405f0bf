"""allow-list-within-approved-networks: start compliant, break exactly one thing, expect exactly one
message.
"""

from __future__ import annotations

import json

import pytest

from policies.rules.allow_list_within_approved_networks import RULE
from tests.policies.engine import Res, judge

STACK = Res("pulumi:pulumi:Stack", "acme-dev", {})


def config(*networks: str) -> dict[str, str]:
    return {"s3-perimeter:allowedNetworks": json.dumps(networks)}


def test_accepts_networks_within_the_approved_ones() -> None:
    """A part of an approved network is approved; without a list the rule asks for nothing."""
    pack_config = {RULE.id: {"approvedNetworks": ["8.8.0.0/16", "2a00::/19"]}}
    assert judge([RULE], [STACK], config=config("8.8.8.0/24", "2a00:1::/32"), pack_config=pack_config) == []
    assert judge([RULE], [STACK], config=config("8.8.8.0/24")) == []


def test_refuses_what_is_not_approved_and_names_exactly_that() -> None:
    """Only the part beyond the approved networks is named."""
    pack_config = {RULE.id: {"approvedNetworks": ["8.8.8.0/25"]}}
    (found,) = judge([RULE], [STACK], config=config("8.8.8.0/24"), pack_config=pack_config)
    assert "it lets in 8.8.8.128/25," in found.message


@pytest.mark.parametrize("listed", [["8.8.8.0/99"], [8], "8.8.8.0/24"], ids=["no-network", "number", "text"])
def test_refuses_an_approved_list_that_cannot_be_read(listed: object) -> None:
    """A mistake in the organisation's list approves nothing."""
    pack_config = {RULE.id: {"approvedNetworks": listed}}
    (found,) = judge([RULE], [STACK], config=config("8.8.8.0/24"), pack_config=pack_config)
    assert "`approvedNetworks`" in found.message
