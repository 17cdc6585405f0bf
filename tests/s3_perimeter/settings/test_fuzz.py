"""Any config at all gives settings or the mistakes in it, and nothing else."""

import json
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter import AddressSet
from s3_perimeter.settings import KEYS, Settings, SettingsError
from s3_perimeter.settings.allowed import FIELDS as ENTRY_FIELDS
from s3_perimeter.settings.roles import FIELDS as ROLE_FIELDS
from s3_perimeter.settings.users import FIELDS as USER_FIELDS
from tests.s3_perimeter.settings.configs import TODAY

pytestmark = pytest.mark.slow

WORDS = st.sampled_from(
    [
        "8.8.8.0/24",
        "8.8.8.8",
        "10.0.0.0/8",
        "2600::/32",
        "::ffff:8.8.8.8/128",
        "2026-11-23",
        "2026-11-01",
        "ana",
        "list",
        "read",
        "team/",
        "a",
        "aws:kms",
        "true",
        "papers",
        "vpce-0a1b2c3d",
        "arn:aws:iam::111122223333:role/ops",
        "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
        "[",
        "{",
        '["8.8.8.0/24"]',
        "\ud800",
        "\0",
    ]
)
NAMES = st.sampled_from(
    [*ENTRY_FIELDS, *USER_FIELDS, *ROLE_FIELDS, "kms", "bucket", "retentionDays"]
) | st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | WORDS
    | st.text(max_size=12)
    | st.dates(date(2026, 1, 1))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
STRUCTURED = {
    "allowedNetworks",
    "users",
    "roles",
    "encryption",
    "accessLogs",
    "tags",
    "vpcEndpoints",
    "breakGlassPrincipals",
    "mustReach",
}
CONFIGS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=12), VALUES, max_size=6)


def encodable(value: object) -> bool:
    """Whether Pulumi could hand the value over as JSON text, and any reader get the same from it."""
    if isinstance(value, dict):
        return all(encodable(name) and encodable(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(map(encodable, value))
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, date) and (not isinstance(value, int) or abs(value) < 10**18)


@given(CONFIGS)
def test_any_config_gives_settings_or_every_mistake(config: dict[str, object]) -> None:
    """And what is reported has a problem and a hint, and can be printed."""
    try:
        settings = Settings.parse(config, project="s3-perimeter", stack="dev", today=TODAY)
    except SettingsError as error:
        assert error.mistakes
        remarks: list[object] = [*error.mistakes, *error.warnings]
    else:
        perimeter = settings.perimeter(account="111122223333")
        assert perimeter.allowed
        assert settings.must_reach.issubset(perimeter.allowed)
        assert AddressSet.parse(entry.cidr for entry in settings.allowed) == perimeter.allowed
        remarks = list(settings.warnings)
    for remark in remarks:
        str(remark).encode()
        assert "\n\nhint: " in str(remark)


@given(CONFIGS)
def test_a_config_as_json_text_says_what_the_decoded_one_says(config: dict[str, object]) -> None:
    """Pulumi hands lists and objects over as JSON text; the settings and mistakes are the same."""
    structured = {
        key: value
        for key, value in config.items()
        if key in STRUCTURED and isinstance(value, (list, dict)) and encodable(value)
    }
    handed = {key: json.dumps(value) for key, value in structured.items()}
    outcomes = []
    for form in (structured, handed):
        try:
            outcomes.append(repr(Settings.parse(form, project="p", stack="dev", today=TODAY)))
        except SettingsError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]
