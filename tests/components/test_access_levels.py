"""The managed policy: exactly the chosen levels, on exactly this bucket and prefix."""

import json
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any

import pytest

from components.access_levels import ACCESS_LEVELS, user_policy

BUCKET = "arn:aws:s3:::example-bucket"
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

FENCE_MOVERS = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketOwnershipControls",
    "s3:PutReplicationConfiguration",
    "s3:PutBucketLogging",
    "s3:DeleteObjectVersion",
    "iam:CreateAccessKey",
)


def statements(text: str) -> dict[str, dict[str, Any]]:
    """The policy's statements by their Sid."""
    return {statement["Sid"]: statement for statement in json.loads(text)["Statement"]}


def granted(text: str) -> set[str]:
    """Every action that some statement allows."""
    return {action for statement in statements(text).values() for action in statement["Action"]}


@pytest.mark.parametrize(
    ("level", "action"),
    [
        pytest.param("list", "s3:ListBucket", id="list"),
        pytest.param("read", "s3:GetObject", id="read"),
        pytest.param("write", "s3:PutObject", id="write"),
        pytest.param("tag", "s3:PutObjectTagging", id="tag"),
        pytest.param("permissions", "s3:PutObjectAcl", id="permissions"),
    ],
)
def test_a_level_grants_its_action_and_no_other_level_does(level: str, action: str) -> None:
    """Each access level is the only one that grants the action it is named for."""
    assert [name for name in ACCESS_LEVELS if action in granted(user_policy(BUCKET, [name]))] == [level]


@pytest.mark.parametrize(
    "levels", [chosen for size in range(1, 6) for chosen in combinations(ACCESS_LEVELS, size)], ids="+".join
)
def test_no_choice_of_levels_reaches_further_than_the_bucket(levels: tuple[str, ...]) -> None:
    """Whatever the levels: no wildcard for an action, no resource but the bucket's, and no fence moves."""
    text = user_policy(BUCKET, levels)
    for statement in statements(text).values():
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] in (BUCKET, f"{BUCKET}/*")
    assert not [action for action in granted(text) if "*" in action]
    assert granted(text).isdisjoint(FENCE_MOVERS)


def test_a_prefix_narrows_objects_and_listings() -> None:
    """With a prefix, only keys that begin with it are reachable, and only they can be listed."""
    found = statements(user_policy(BUCKET, ["list", "read"], prefix="reports/"))
    assert found["Objects"]["Resource"] == f"{BUCKET}/reports/*"
    assert found["Listing"]["Condition"] == {"StringLike": {"s3:prefix": "reports/*"}}
    assert "s3:ListBucket" not in found["Bucket"]["Action"]


@pytest.mark.parametrize(
    ("prefix", "written"),
    [
        pytest.param("a*b/", "a${*}b/", id="star"),
        pytest.param("a?b/", "a${?}b/", id="question mark"),
        pytest.param("a${b}/", "a${$}{b}/", id="policy variable"),
    ],
)
def test_special_characters_of_a_prefix_are_meant_literally(prefix: str, written: str) -> None:
    """A `*` in a key prefix does not become a wildcard that reaches other people's keys."""
    found = statements(user_policy(BUCKET, ["read"], prefix=prefix))
    assert found["Objects"]["Resource"] == f"{BUCKET}/{written}*"


def test_somebody_elses_key_is_granted_through_s3_alone() -> None:
    """A given KMS key is usable for reading and writing this way, and by S3 on the person's behalf only."""
    found = statements(user_policy(BUCKET, ["read", "write"], key_arn=KEY))["BucketKey"]
    assert found["Resource"] == KEY
    assert found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    via = found["Condition"]["StringLike"]["kms:ViaService"]
    assert fnmatchcase("s3.ap-northeast-1.amazonaws.com", via)
    assert not fnmatchcase("ec2.ap-northeast-1.amazonaws.com", via)


def test_a_level_without_a_need_for_the_key_gets_no_key() -> None:
    """Somebody who may only list has no use for the KMS key and gets none."""
    assert "BucketKey" not in statements(user_policy(BUCKET, ["list"], key_arn=KEY))
