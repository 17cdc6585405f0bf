"""Settings: what a whole config becomes."""

from datetime import UTC, date, datetime

import pytest

from perimeter import AddressSet, ExpiringNetworks
from perimeter.settings import KEYS, Access, AccessLogs, Encryption, Settings, SettingsError, User

TODAY = date(2026, 11, 23)
KEY = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"


def parse(stack: str = "dev", **config: object) -> Settings:
    """Settings of a config that allows one network unless it says otherwise."""
    whole = {"allowedNetworks": ["8.8.8.0/24"], **config}
    return Settings.parse(whole, project="s3-perimeter", stack=stack, today=TODAY)


def test_the_smallest_config_gets_every_default() -> None:
    """An allow-list is enough; the rest is safe by default."""
    settings = parse()
    assert settings.users == (User("remote-user", (Access.LIST, Access.READ, Access.WRITE), None, ("a",)),)
    assert settings.encryption == Encryption("AES256", None)
    assert settings.access_logs == AccessLogs(None, "access/", 365)
    assert (settings.versioning, settings.protect, settings.trust_aws_services) == (True, True, False)
    assert (settings.vpc_endpoints, settings.break_glass, dict(settings.tags)) == ((), (), {})
    assert settings.must_reach == AddressSet.nothing()
    assert settings.warnings == ()


def test_a_config_as_pulumi_hands_it_over_reads_like_the_decoded_one() -> None:
    """Lists and objects come as JSON text, flags as words."""
    handed = parse(
        allowedNetworks='["8.8.8.0/24", {"cidr": "2600::/32", "label": "VPN", "expires": "2026-12-31"}]',
        users='[{"name": "ana", "access": ["read"], "prefix": "team/", "keys": ["a", "b"]}]',
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


def test_every_mistake_is_told_at_once_in_the_order_of_the_keys() -> None:
    """One run is enough to find everything that is wrong."""
    wrong: dict[str, object] = dict.fromkeys(KEYS, 7)
    with pytest.raises(SettingsError) as caught:
        Settings.parse({"allowednetworks": 1, **wrong}, project="s3-perimeter", stack="dev", today=TODAY)
    assert [mistake.key for mistake in caught.value.mistakes] == ["allowednetworks", *KEYS]
    assert str(caught.value).startswith(
        "error: config key `s3-perimeter:allowednetworks`: there is no config key `allowednetworks`\n"
        "\n"
        "hint: did you mean `allowedNetworks`?\n"
        "\n"
        "error: config key `s3-perimeter:allowedNetworks`: the number `7` stands where a list is expected\n"
    )
