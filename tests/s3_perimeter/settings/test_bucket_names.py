"""Names that a stack's buckets get by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3_perimeter.settings.bucket_names import advice_on_name, derived_name, log_name
from tests.s3_perimeter.settings.configs import parse

ACCOUNT = "111122223333"


def test_a_derived_name_stays_the_same() -> None:
    """A release that changed it would replace every bucket: these names are for good."""
    assert derived_name("s3-perimeter", "dev", ACCOUNT) == "s3-perimeter-dev-d41584286d"
    assert log_name("s3-perimeter-dev-d41584286d") == "s3-perimeter-dev-d41584286d-logs"


def test_stacks_accounts_and_projects_do_not_meet() -> None:
    """S3 has one namespace for everybody."""
    names = {
        derived_name(project, stack, account)
        for project in ("s3-perimeter", "s3", "S3-Perimeter")
        for stack in ("dev", "prod", "org/s3-perimeter/dev", "perimeter-dev")
        for account in (ACCOUNT, "444455556666")
    }
    assert len(names) == 24


@pytest.mark.parametrize(
    ("project", "stack", "start"),
    [
        pytest.param("Papers_2", "Dev.1", "papers-2-dev-1-", id="signs and capitals"),
        pytest.param("sthree", "dev", "bucket-sthree-dev-", id="a reserved prefix"),
        pytest.param("amzn-s3-demo", "dev", "bucket-amzn-s3-demo-dev-", id="another reserved prefix"),
        pytest.param("p" * 100, "dev", "p" * 47 + "-", id="a long project"),
        pytest.param("項目", "段階", "bucket-", id="no letter that S3 takes"),
    ],
)
def test_a_derived_name_shows_project_and_stack(project: str, stack: str, start: str) -> None:
    """As far as S3's rules let it."""
    assert derived_name(project, stack, ACCOUNT).startswith(start)


@given(st.text(max_size=80), st.text(max_size=80))
def test_every_derived_name_keeps_to_s3_s_rules(project: str, stack: str) -> None:
    """Whatever project and stack are called, and for the log bucket too."""
    name = derived_name(project, stack, ACCOUNT)
    assert advice_on_name(name) is None
    assert advice_on_name(log_name(name)) is None
    assert log_name(name) == f"{name}-logs"


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", fullmatch=True))
def test_the_log_bucket_of_any_good_name_has_a_good_name(name: str) -> None:
    """Long ones are shortened, and stay apart by a digest."""
    if advice_on_name(name) is None:
        assert advice_on_name(log_name(name)) is None
        assert log_name(name) != name


def test_long_names_that_share_a_beginning_have_log_buckets_of_their_own() -> None:
    """Cutting alone would give them one."""
    assert log_name("a" * 62 + "b") != log_name("a" * 62 + "c")


def test_configured_names_come_first() -> None:
    """The bucket, and the bucket that its logs go to."""
    settings = parse(bucketName="papers", accessLogs={"bucket": "all-logs"})
    assert (settings.bucket(ACCOUNT), settings.log_bucket(ACCOUNT)) == ("papers", "all-logs")
    assert parse(bucketName="papers").log_bucket(ACCOUNT) == "papers-logs"
    assert parse().bucket(ACCOUNT) == derived_name("s3-perimeter", "dev", ACCOUNT)
