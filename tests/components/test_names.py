"""Names that follow from the bucket's own."""

import pytest

from components.names import is_account_regional, log_bucket_name

REGIONAL = "-123456789012-ap-northeast-1-an"


@pytest.mark.parametrize(
    ("bucket", "logs"),
    [
        pytest.param("reports", "reports-logs", id="short"),
        pytest.param("a" * 58, "a" * 58 + "-logs", id="just fits"),
        pytest.param(f"reports{REGIONAL}", f"reports-logs{REGIONAL}", id="account-regional"),
    ],
)
def test_the_log_bucket_is_named_after_the_bucket(bucket: str, logs: str) -> None:
    """The log bucket's name says whose logs it holds, in the same namespace."""
    assert log_bucket_name(bucket) == logs


@pytest.mark.parametrize("ending", ["", REGIONAL], ids=["global", "account-regional"])
def test_long_names_that_begin_alike_get_different_log_buckets(ending: str) -> None:
    """Two names of full length that differ in their last letter do not share a log bucket."""
    stem = "a" * (62 - len(ending))
    one, other = log_bucket_name(f"{stem}b{ending}"), log_bucket_name(f"{stem}c{ending}")
    assert one != other
    for name in (one, other):
        assert len(name) <= 63
        assert name.endswith(f"-logs{ending}")
        assert "--" not in name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(f"reports{REGIONAL}", True, id="the form"),
        pytest.param("reports-123456789012-us-gov-west-1-an", True, id="a region of four words"),
        pytest.param("reports-an", False, id="the ending alone"),
        pytest.param("reports", False, id="another name"),
    ],
)
def test_the_account_regional_form_is_recognised(name: str, expected: bool) -> None:
    """Only NAME-ACCOUNT-REGION-an is in the account's own namespace."""
    assert is_account_regional(name) is expected
