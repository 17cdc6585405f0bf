"""allow-list-within-approved-networks: start compliant, break exactly one thing, expect exactly one
message.
"""

from __future__ import annotations

import json

import pytest

from policies.rules import allow_list_within_approved_networks, bucket_policy_denies_outside
from tests.policies.engine import Res, judge

RULE = allow_list_within_approved_networks.judge
SEALING = bucket_policy_denies_outside.judge

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
    assert "it allows 8.8.8.128/25," in found.message


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(["8.8.8.0/99"], id="no-network"),
        pytest.param(["8.8.8.0/24", "10.0.0.0/8"], id="private"),
        pytest.param(["8.8.8.1/24"], id="host-bits"),
        pytest.param(["8.8.8.0/24,9.9.9.0/24"], id="two-in-one-text"),
        pytest.param([8], id="number"),
        pytest.param("8.8.8.0/24", id="text"),
    ],
)
def test_refuses_an_approved_list_that_cannot_be_read(listed: object) -> None:
    """A mistake in the organization's list approves nothing."""
    pack_config = {RULE.id: {"approvedNetworks": listed}}
    (found,) = judge([RULE], [STACK], config=config("8.8.8.0/24"), pack_config=pack_config)
    assert "`approvedNetworks`" in found.message


ENDPOINT = "vpce-0badbadbadbadbad0"
EVE = "arn:aws:iam::999988887777:user/eve"
NETWORKS = {"approvedNetworks": ["8.8.8.0/24"]}
exemptions = pytest.mark.parametrize(
    ("key", "value", "setting", "approved", "disapproved"),
    [
        pytest.param(
            "vpcEndpoints",
            [ENDPOINT],
            "approvedVpcEndpoints",
            [ENDPOINT],
            ["vpce-0123456789abcdef0"],
            id="vpce",
        ),
        pytest.param(
            "breakGlassPrincipals",
            [EVE],
            "approvedBreakGlass",
            ["arn:aws:iam::99998888????:user/*"],
            ["arn:aws:iam::111122223333:user/eve"],
            id="break-glass",
        ),
        pytest.param("trustAwsServices", True, "mayTrustAwsServices", True, False, id="services"),
    ],
)


@exemptions
def test_approved_networks_bind_the_exemptions_of_a_stack_too(
    key: str, value: object, setting: str, approved: object, disapproved: object
) -> None:
    """A way in that is no network needs an approval of its own; what nobody binds is free."""
    stack = {**config("8.8.8.0/24"), f"s3-perimeter:{key}": json.dumps(value)}

    def found(**settings: object) -> list[str]:
        return [one.message for one in judge([RULE], [STACK], config=stack, pack_config={RULE.id: settings})]

    assert found() == []
    assert found(**NETWORKS, **{setting: approved}) == []
    for settings in (NETWORKS, {**NETWORKS, setting: disapproved}, {setting: disapproved}):
        (message,) = found(**settings)
        assert f"`{setting}`" in message
        assert f"(`s3-perimeter:{key}`)" in message


def test_exemptions_in_the_packs_config_are_the_organizations_own() -> None:
    """Who approves need not approve what they wrote themselves."""
    exempt: dict[str, object] = {
        "vpcEndpoints": [ENDPOINT],
        "breakGlassPrincipals": [EVE],
        "trustAwsServices": True,
    }
    pack_config: dict[str, dict[str, object]] = {
        SEALING.id: {"allowedNetworks": ["8.8.8.0/24"], **exempt},
        RULE.id: {**NETWORKS},
    }
    assert judge([RULE, SEALING], [STACK], config={}, pack_config=pack_config) == []


@pytest.mark.parametrize(
    "setting", [{"approvedVpcEndpoints": "x"}, {"approvedBreakGlass": [8]}, {"mayTrustAwsServices": "yes"}]
)
def test_refuses_approvals_that_cannot_be_read(setting: dict[str, object]) -> None:
    """A mistake in the organization's approvals approves nothing."""
    (found,) = judge([RULE], [STACK], config=config("8.8.8.0/24"), pack_config={RULE.id: setting})
    assert f"`{next(iter(setting))}`" in found.message
