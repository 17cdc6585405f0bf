"""The config of an organization's perimeter: what is read, and every mistake at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from s3_perimeter import AlsoExempt
from s3_perimeter.settings import SettingsError
from s3_perimeter.settings.organization import EXEMPT, OrganizationSettings

TODAY = date(2026, 9, 1)
LOGGING = "logging.s3.amazonaws.com"
GOOD: dict[str, Any] = {
    "allowedNetworks": ["203.0.113.0/24"],
    "targets": ["ou-ab12-11111111", "111122223333", "r-ab12"],
    "exempt": {"services": [LOGGING]},
}


def parse(**config: Any) -> OrganizationSettings:
    """The good config with some keys changed, in the rehearsal's stack; None takes a key out."""
    given = {key: value for key, value in (GOOD | config).items() if value is not None}
    return OrganizationSettings.parse(given, project="p", stack="local", today=TODAY)


def mistakes(**config: Any) -> list[tuple[str, str | None]]:
    """Where the mistakes are."""
    with pytest.raises(SettingsError) as caught:
        parse(**config)
    return [(each.key, each.element) for each in caught.value.mistakes]


def at(key: str, *entries: int) -> list[tuple[str, str | None]]:
    """Some entries of a key."""
    return [(key, f"entry {each}") for each in entries]


def test_defaults_are_every_bucket_and_nobody_exempt() -> None:
    found = parse(exempt=None)
    assert found.buckets == ("*",)
    assert found.exempt == AlsoExempt()
    assert [each.bucket for each in found.perimeters()] == ["*"]
    assert found.policy_name is None


def test_everything_that_can_be_exempt_is_read() -> None:
    found = parse(
        buckets=["acme-*", "one-bucket"],
        policyName="fence",
        vpcEndpoints=[
            "vpce-0a1b2c3d4e5f67890",
            {"organization": "o-abcdefghij"},
            {"account": "444455556666"},
        ],
        exempt={
            "services": [LOGGING],
            "forwardAccess": True,
            "principalAccounts": ["777788889999"],
            "principalTag": "dp:exclude:network",
            "resourceTag": "public",
        },
    )
    assert found.exempt == AlsoExempt((LOGGING,), True, ("777788889999",), "dp:exclude:network", "public")
    assert found.policy_name == "fence"
    assert [each.bucket for each in found.perimeters()] == ["acme-*", "one-bucket"]
    endpoints = ("vpce-0a1b2c3d4e5f67890", "o-abcdefghij", "444455556666")
    assert all(each.vpc_endpoints == endpoints for each in found.perimeters())


def test_json_text_is_read_as_pulumi_hands_it_over() -> None:
    found = parse(targets='["111122223333"]', exempt=f'{{"services": ["{LOGGING}"]}}')
    assert found.targets == ("111122223333",)
    assert found.exempt.services == (LOGGING,)


@pytest.mark.parametrize(
    ("config", "where"),
    [
        pytest.param({"targets": None}, [("targets", None)], id="no-targets"),
        pytest.param({"targets": []}, [("targets", None)], id="empty-targets"),
        pytest.param({"targets": ["ou-x", 1]}, at("targets", 1, 2), id="targets"),
        pytest.param({"targets": "111122223333"}, [("targets", None)], id="targets-text"),
        pytest.param({"buckets": ["A", "b/*"]}, at("buckets", 1, 2), id="buckets"),
        pytest.param({"buckets": ["x--table-s3"]}, [("buckets", "entry 1")], id="another-kind"),
        pytest.param({"bucketName": "b"}, [("bucketName", None)], id="unknown-key"),
        pytest.param({"exempt": {"service": ["x"]}}, [("exempt", None)], id="unknown-field"),
        pytest.param({"exempt": {"services": ["ec2"]}}, [("exempt", "`services`")], id="service"),
        pytest.param({"exempt": {"forwardAccess": "yes"}}, [("exempt", "`forwardAccess`")], id="flag"),
        pytest.param({"exempt": {"principalTag": "${x}"}}, [("exempt", "`principalTag`")], id="tag"),
        pytest.param(
            {"exempt": {"principalAccounts": ["1"], "principalTag": "${x}"}, "vpcEndpoints": [{"vpc": "1"}]},
            [*(("exempt", f"`{key}`") for key in ("principalAccounts", "principalTag")),
             ("vpcEndpoints", "entry 1, `vpc`")],
            id="all-at-once",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_named_at_their_place(
    config: dict[str, Any], where: list[tuple[str, str | None]]
) -> None:
    assert mistakes(**config) == where


@pytest.mark.parametrize(
    ("config", "warned"),
    [
        pytest.param({}, False, id="log-delivery-exempt"),
        pytest.param({"exempt": None}, True, id="nobody-exempt"),
        pytest.param({"exempt": {"services": ["config.amazonaws.com"]}}, True, id="another-service"),
        pytest.param({"exempt": None, "trustAwsServices": True}, False, id="every-service"),
    ],
)
def test_log_delivery_that_would_stop_is_a_warning(config: dict[str, Any], warned: bool) -> None:
    keys = [(each.key, "log delivery" in each.problem) for each in parse(**config).access.warnings]
    assert (("exempt", True) in keys) is warned


def test_every_exemption_has_its_field() -> None:
    assert set(EXEMPT.values()) == set(AlsoExempt.__dataclass_fields__)
