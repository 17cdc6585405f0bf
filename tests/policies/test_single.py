"""What S3 keeps once a bucket is declared once a bucket: of two, whichever goes later takes it away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.judging.rule import Rule
from policies.rules import (
    bucket_blocks_public_access,
    bucket_encrypted,
    bucket_logs_access,
    bucket_owner_enforced,
    bucket_policy_denies_outside,
)
from tests.policies.engine import Res, judge
from tests.policies.programs import (
    ALL_BLOCKED,
    CONFIG,
    bucket,
    deny,
    native_bucket,
    part,
    public_access_block,
    text,
)

DEFAULT = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
SETTINGS: dict[str, tuple[Rule, Res]] = {
    "policy": (bucket_policy_denies_outside.judge, part("BucketPolicy", policy=text(deny()))),
    "public-access-block": (bucket_blocks_public_access.judge, public_access_block()),
    "ownership": (
        bucket_owner_enforced.judge,
        part("BucketOwnershipControls", rule={"objectOwnership": "BucketOwnerEnforced"}),
    ),
    "encryption": (
        bucket_encrypted.judge,
        part("BucketServerSideEncryptionConfiguration", rules=[DEFAULT]),
    ),
    "logging": (bucket_logs_access.judge, part("BucketLogging", targetBucket="existing-logs")),
}


@pytest.mark.parametrize(("rule", "first"), SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("made_here", [True, False], ids=["made-here", "made-elsewhere"])
def test_a_second_one_is_refused(rule: Rule, first: Res, made_here: bool) -> None:
    """Although each alone is compliant: the violation names both, and what happens."""
    second = replace(first, name="the-second")
    program = [*([bucket()] if made_here else []), first, second]
    (found,) = judge([rule], program, config=CONFIG)
    assert found.urn == second.urn
    assert "`the-second` is a second" in found.message
    assert f"in addition to `{first.name}`" in found.message


@pytest.mark.parametrize(("rule", "first"), SETTINGS.values(), ids=SETTINGS)
def test_one_for_each_bucket_passes(rule: Rule, first: Res) -> None:
    """Two buckets have one each."""
    assert judge([rule], [bucket(), first], config=CONFIG) == []


def test_the_buckets_own_argument_counts() -> None:
    """An argument and a resource are two as well."""
    program = [native_bucket(publicAccessBlockConfiguration=ALL_BLOCKED), public_access_block()]
    (found,) = judge([bucket_blocks_public_access.judge], program)
    assert "in addition to the bucket's own argument" in found.message
