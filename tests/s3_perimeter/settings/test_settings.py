"""Settings: what a whole config becomes."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from s3_perimeter import AddressSet, ExpiringNetworks
from s3_perimeter.settings import KEYS, Access, AccessLogs, Encryption, Settings, SettingsError, User
from tests.s3_perimeter.settings.configs import TODAY, parse

IDP = "arn:aws:iam::111122223333:saml-provider/idp"
KEY = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"


def test_the_smallest_config_gets_every_default() -> None:
    """An allow-list is enough; the rest is safe by default."""
    settings = parse()
    assert settings.users == (User("remote-user", (Access.LIST, Access.READ, Access.WRITE), None, ("a",)),)
    assert settings.roles == ()
    assert settings.encryption == Encryption("AES256", None)
    assert settings.access_logs == AccessLogs(None, "access/", 365)
    assert (settings.versioning, settings.protect, settings.trust_aws_services) == (True, True, False)
    assert (settings.vpc_endpoints, settings.break_glass, dict(settings.tags)) == ((), (), {})
    assert settings.must_reach == AddressSet.nothing()
    assert settings.warnings == ()


def test_what_is_known_only_later_is_left_unread_and_stands_for_nothing() -> None:
    """Without its networks a config allows nobody, and the rest of it is read as always."""
    given = {"allowedNetworks": object(), "mustReach": ["8.8.8.8"], "versioning": False}
    settings = Settings.parse(given, project="p", stack="dev", today=TODAY, later={"allowedNetworks"})
    assert settings.allowed_addresses == AddressSet.nothing()
    assert (settings.allowed, settings.versioning) == ((), False)


def test_a_config_as_pulumi_hands_it_over_reads_like_the_decoded_one() -> None:
    """Lists and objects come as JSON text, flags as words."""
    handed = parse(
        allowedNetworks='["8.8.8.0/24", {"cidr": "2600::/32", "label": "VPN", "expires": "2026-12-31"}]',
        users='[{"name": "ana", "access": ["read"], "prefix": "team/", "keys": ["a", "b"]}]',
        roles=f'[{{"name": "analyst", "assumedBy": ["{IDP}"], "maxSessionHours": 8}}]',
        encryption=f'{{"kms": "{KEY}"}}',
        accessLogs='{"retentionDays": 30}',
        versioning="false",
        tags='{"team": "storage"}',
        protect="false",
        trustAwsServices="true",
        vpcEndpoints='["vpce-0a1b2c3d4e5f67890"]',
        breakGlassPrincipals='["arn:aws:iam::111122223333:role/break-glass"]',
        mustReach='["8.8.8.8"]',
    )
    assert handed == parse(
        allowedNetworks=["8.8.8.0/24", {"cidr": "2600::/32", "label": "VPN", "expires": date(2026, 12, 31)}],
        users=[{"name": "ana", "access": ["read"], "prefix": "team/", "keys": ["a", "b"]}],
        roles=[{"name": "analyst", "assumedBy": [IDP], "maxSessionHours": 8}],
        encryption={
            "kms": "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
        },
        accessLogs={"retentionDays": 30},
        versioning=False,
        tags={"team": "storage"},
        protect=False,
        trustAwsServices=True,
        vpcEndpoints=["vpce-0a1b2c3d4e5f67890"],
        breakGlassPrincipals=["arn:aws:iam::111122223333:role/break-glass"],
        mustReach=["8.8.8.8"],
    )
    assert handed.users[0].keys == ("a", "b")
    assert (handed.roles[0].assumed_by[0].arn, handed.roles[0].max_session_hours) == (IDP, 8)


@pytest.mark.parametrize(
    ("users", "roles"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([{"name": "ana"}], [], id="keys only"),
        pytest.param([], [{"name": "ana", "assumedBy": [IDP]}], id="no keys at all"),
        pytest.param([{"name": "ana"}], [{"name": "ana", "assumedBy": [IDP]}], id="both, of one name"),
    ],
)
def test_users_and_roles_may_each_be_empty(users: list[object], roles: list[object]) -> None:
    """To hold a key and to sign in elsewhere are two ways, and IAM keeps their names apart."""
    settings = parse(users=users, roles=roles)
    assert (len(settings.users), len(settings.roles)) == (len(users), len(roles))
    assert settings.warnings == ()


def test_the_perimeter_carries_allow_list_and_exemptions() -> None:
    """What the Deny is built from is what the config says, with the expiry at the end of the day in UTC."""
    settings = parse(
        allowedNetworks=["8.8.8.0/24", {"cidr": "9.9.9.0/24", "expires": "2026-11-23"}],
        bucketName="papers",
        vpcEndpoints=["vpce-0a1b2c3d"],
        trustAwsServices=True,
    )
    perimeter = settings.perimeter(account="111122223333", partition="aws-cn")
    assert (perimeter.bucket, perimeter.account, perimeter.partition) == ("papers", "111122223333", "aws-cn")
    assert perimeter.allowed == AddressSet.parse(["8.8.8.0/24", "9.9.9.0/24"])
    assert perimeter.expiring == (
        ExpiringNetworks(AddressSet.parse(["9.9.9.0/24"]), datetime(2026, 11, 24, tzinfo=UTC)),
    )
    assert (perimeter.vpc_endpoints, perimeter.trust_aws_services) == (("vpce-0a1b2c3d",), True)


def test_a_derived_bucket_name_needs_the_account() -> None:
    """A name that only looks right would be somebody else's bucket."""
    settings = parse()
    with pytest.raises(ValueError, match="needs the account"):
        settings.perimeter()
    assert settings.perimeter(bucket="other").bucket == "other"
    assert settings.perimeter(account="111122223333").bucket == settings.bucket("111122223333")


@pytest.mark.parametrize(
    ("stack", "protected"),
    [
        pytest.param("prod", True, id="a real stack"),
        pytest.param("org/project/prod", True, id="a real stack by its full name"),
        pytest.param("locality", True, id="a name that only starts like local"),
        pytest.param("local", False, id="the embedded AWS"),
        pytest.param("local-2", False, id="another stack on the embedded AWS"),
        pytest.param("organization/s3-perimeter/local", False, id="the embedded AWS by its full name"),
    ],
)
def test_real_stacks_are_protected_by_default(stack: str, protected: bool) -> None:
    """Deleting a real bucket takes a deliberate step, deleting the embedded one does not."""
    assert parse(stack).protect is protected
    assert parse(stack, protect=not protected).protect is not protected


def test_every_mistake_is_reported_at_once_in_the_order_of_the_keys() -> None:
    """One run is enough to find everything that is wrong."""
    wrong: dict[str, object] = dict.fromkeys(KEYS, 7)
    with pytest.raises(SettingsError) as caught:
        Settings.parse({"allowednetworks": 1, **wrong}, project="s3-perimeter", stack="dev", today=TODAY)
    assert [mistake.key for mistake in caught.value.mistakes] == ["allowednetworks", *KEYS]
    assert str(caught.value).startswith(
        "error: config key `s3-perimeter:allowednetworks`: `allowednetworks` is not a known config key\n"
        "\n"
        "hint: did you mean `allowedNetworks`?\n"
        "\n"
        "error: config key `s3-perimeter:allowedNetworks`: expected a list, found the number `7`\n"
    )


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("2026-12-01", id="in quotes"),
        pytest.param("2026-12-01 00:00:00 +0000 UTC", id="as the engine hands an unquoted YAML date over"),
        pytest.param("2026-12-01T00:00:00Z", id="as other YAML readers do"),
        pytest.param(date(2026, 12, 1), id="decoded"),
    ],
)
def test_a_day_is_read_in_every_form_that_yaml_gives_it(written: object) -> None:
    """A person need not know that YAML has dates."""
    (entry,) = parse(allowedNetworks=[{"cidr": "8.8.8.0/24", "expires": written}]).allowed
    assert entry.expires == date(2026, 12, 1)


def test_what_yaml_leaves_empty_is_not_set() -> None:
    """The engine hands null over as empty text."""
    assert parse(accessLogs="", bucketName="", users=None, tags="") == parse()


def test_with_a_vpc_endpoint_a_private_range_is_left_out_with_a_warning() -> None:
    """The endpoint is what its requests are allowed by; in `aws:SourceIp` the range would allow others."""
    settings = parse(allowedNetworks=["8.8.8.0/24", "10.0.0.0/8"], vpcEndpoints=["vpce-0a1b2c3d"])
    assert settings.allowed_addresses == AddressSet.parse(["8.8.8.0/24"])
    (warning,) = settings.warnings
    assert str(warning) == (
        "warning: config key `s3-perimeter:allowedNetworks`, entry 2: `10.0.0.0/8` is private, so it is not "
        "allowed as a source: requests through a VPC endpoint have no `aws:SourceIp`\n"
        "\n"
        "hint: remove it; `vpcEndpoints` alone allows the endpoint's requests"
    )


def test_several_private_ranges_are_one_warning() -> None:
    """They have one cause and one remedy."""
    networks = ["8.8.8.0/24", "10.0.0.0/8", "fd00::/8", "192.168.0.0/16"]
    (warning,) = parse(allowedNetworks=networks, vpcEndpoints=["vpce-0a1b2c3d"]).warnings
    assert warning.element is None
    assert warning.problem.startswith(
        "`10.0.0.0/8`, `fd00::/8` and `192.168.0.0/16` are private, so they are not"
    )


def test_with_vpc_endpoints_an_empty_allow_list_is_good_and_warned_about() -> None:
    """Whoever deploys from elsewhere is locked out as well, unless a break-glass principal is named."""
    settings = parse(allowedNetworks=[], vpcEndpoints=[{"organization": "o-a1b2c3d4e5"}])
    assert not settings.allowed_addresses
    assert settings.vpc_endpoints == ("o-a1b2c3d4e5",)
    (warning,) = settings.warnings
    assert (warning.key, "whoever deploys has to come through one of them" in warning.problem) == (
        "allowedNetworks",
        True,
    )
    role = "arn:aws:iam::111122223333:role/deployer"
    assert not parse(allowedNetworks=[], vpcEndpoints=["vpce-0a1b2c3d"], breakGlassPrincipals=[role]).warnings
    alone: list[dict[str, Any]] = [
        {},
        {"breakGlassPrincipals": [role]},
        {"trustAwsServices": True},
        {"vpcEndpoints": []},
    ]
    for others in alone:
        with pytest.raises(SettingsError, match="the allow-list is empty"):
            parse(allowedNetworks=[], **others)


def test_what_must_stay_reachable_is_not_in_an_empty_allow_list() -> None:
    """The guard against lock-out holds there too."""
    with pytest.raises(SettingsError, match="mustReach"):
        parse(allowedNetworks=[], vpcEndpoints=["vpce-0a1b2c3d"], mustReach=["8.8.8.8"])


def test_the_age_of_presigned_urls_is_a_length_of_time() -> None:
    """Not set, there is no limit but their own."""
    assert parse().max_url_age is None
    assert parse(maxUrlAge="90m").max_url_age == timedelta(minutes=90)


def test_private_ranges_alone_are_no_allow_list() -> None:
    """Nobody could maintain the bucket."""
    with pytest.raises(SettingsError, match="no entry of the allow-list is a public network"):
        parse(allowedNetworks=["10.0.0.0/8"], vpcEndpoints=["vpce-0a1b2c3d"])


def test_the_example_networks_are_fine_on_the_embedded_aws() -> None:
    """Nobody is warned of the documentation's ranges where nothing is real."""
    assert parse("local", allowedNetworks=["203.0.113.0/24", "2001:db8:1234::/48"]).warnings == ()
    assert len(parse("dev", allowedNetworks=["203.0.113.0/24", "2001:db8:1234::/48"]).warnings) == 1


def test_what_must_stay_reachable_should_not_expire() -> None:
    """The lock-out would come later, when nobody looks."""
    settings = parse(
        allowedNetworks=[{"cidr": "8.8.8.0/24", "expires": "2027-01-01"}, "8.8.8.0/25"],
        mustReach=["8.8.8.1", "8.8.8.200"],
    )
    assert settings.must_reach == AddressSet.parse(["8.8.8.1", "8.8.8.200"])
    assert [(warning.key, warning.element, warning.problem) for warning in settings.warnings] == [
        ("allowedNetworks", "entry 2", "`8.8.8.0/25` lies inside `8.8.8.0/24`, entry 1"),
        ("mustReach", "entry 2", "`8.8.8.200` is on the allow-list only until an entry expires"),
    ]


def test_a_mistaken_allow_list_is_not_reported_twice() -> None:
    """What must be reachable is held against a whole allow-list only."""
    with pytest.raises(SettingsError) as caught:
        parse(allowedNetworks=["8.8.8.8"], mustReach=["8.8.8.8"])
    assert [mistake.key for mistake in caught.value.mistakes] == ["allowedNetworks"]


def test_a_mistaken_endpoint_does_not_make_private_ranges_a_mistake_too() -> None:
    """The endpoint was meant; once it is written right, the range is as well."""
    with pytest.raises(SettingsError) as caught:
        parse(allowedNetworks=["8.8.8.0/24", "10.0.0.0/8"], vpcEndpoints=["vpce-0"])
    assert [mistake.key for mistake in caught.value.mistakes] == ["vpcEndpoints"]


def test_a_bucket_does_not_log_into_itself() -> None:
    """Each log would cause another one."""
    with pytest.raises(SettingsError, match="`papers` would log to itself"):
        parse(bucketName="papers", accessLogs={"bucket": "papers"})


def test_a_mistake_comes_with_the_warnings_noticed_on_the_way() -> None:
    """They are reported in the same run."""
    with pytest.raises(SettingsError) as caught:
        parse(allowedNetworks=["8.8.8.0/24", "8.8.8.0/24"], protect="maybe")
    assert [warning.problem for warning in caught.value.warnings] == ["`8.8.8.0/24` is already entry 1"]


def test_settings_cannot_be_changed() -> None:
    """Everything that reads them reads the same."""
    settings = parse(tags={"team": "storage"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.protect = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.tags["team"] = "other"  # type: ignore[index]
    assert hash(settings) == hash(parse(tags={"team": "storage"}))
