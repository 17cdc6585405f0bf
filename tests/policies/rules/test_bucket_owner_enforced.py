"""bucket-owner-enforced: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import bucket_owner_enforced
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import NAME, bucket, native_bucket, part

RULE = bucket_owner_enforced.judge


def ownership(value: object) -> Res:
    return part("BucketOwnershipControls", rule={"objectOwnership": value})


def native(value: object) -> Res:
    return native_bucket(ownershipControls={"rules": [{"objectOwnership": value}]})


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([bucket(), ownership("BucketOwnerEnforced")], id="part"),
        pytest.param([bucket(), ownership(secret("BucketOwnerEnforced"))], id="secret"),
        pytest.param([native("BucketOwnerEnforced")], id="native-inline"),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """Enforced ownership is compliant however it is declared."""
    assert judge([RULE], resources) == []


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([bucket()], "no object ownership", id="none"),
        pytest.param([bucket(), ownership("ObjectWriter")], "`ObjectWriter`", id="part-writer"),
        pytest.param([bucket(), ownership(UNKNOWN)], "not known during preview", id="part-unknown"),
        pytest.param(
            [bucket(), part("BucketOwnershipControls", rule=UNKNOWN)], "not known", id="rule-unknown"
        ),
        pytest.param([native("BucketOwnerPreferred")], "`BucketOwnerPreferred`", id="native-inline"),
        pytest.param([native_bucket(ownershipControls=UNKNOWN)], "not known", id="native-unknown"),
    ],
)
def test_refuses(resources: list[Res], reason: str) -> None:
    """Anything else is one violation that names the bucket and the reason."""
    (found,) = judge([RULE], resources)
    assert f"`{NAME}`" in found.message
    assert reason in found.message
