"""Unique ids that AWS shows in a policy in place of a principal's name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3_perimeter.drift.calls import iam, kms, s3
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Finding, Kind, Severity
from s3_perimeter.drift.subjects import Key
from tests.s3_perimeter.drift.facts import ACCOUNT, BUCKET, NOW, REGION, findings, resource, state_of

pytestmark = pytest.mark.slow

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
ROLE_ID, BOB_ID = "AROAJQABLZS4A3QDU576Q", "AIDAJQABLZS4A3QDU576Q"
DETAILS: dict[str, Any] = {
    "UserDetailList": [{"UserName": "bob", "UserId": BOB_ID, "Arn": BOB, "CreateDate": NOW}],
    "RoleDetailList": [{"RoleName": "reader", "RoleId": ROLE_ID, "Arn": ROLE, "CreateDate": NOW}],
    "IsTruncated": False,
}
NOBODY: dict[str, Any] = {"UserDetailList": [], "RoleDetailList": [], "IsTruncated": False}


def policy(*principals: str, effect: str = "Allow", action: str = "s3:GetObject") -> str:
    """A policy of one statement for these principals."""
    statement = {
        "Effect": effect,
        "Principal": {"AWS": list(principals)},
        "Action": action,
        "Resource": "arn:aws:s3:::data/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def found(declared: str, observed: str, details: dict[str, Any]) -> list[Finding]:
    """What the control of the bucket policy says."""
    part = resource("aws:s3/bucketPolicy:BucketPolicy", "data", {"bucket": "data", "policy": declared})
    answers: dict[Call, Any] = {
        s3.policy(BUCKET): {"Policy": observed},
        iam.authorization_details(): details,
    }
    return findings("bucket-policy", state_of(part), answers)


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        pytest.param(policy(ROLE), policy(ROLE_ID), id="a role"),
        pytest.param(policy(BOB), policy(BOB_ID), id="a user"),
        pytest.param(policy(BOB, ROLE), policy(ROLE_ID, BOB), id="one of two"),
        pytest.param(policy(ROLE_ID), policy(ROLE), id="the declared side has the id"),
        pytest.param(policy(ROLE, effect="Deny"), policy(ROLE_ID, effect="Deny"), id="in a Deny"),
    ],
)
def test_the_id_of_a_principal_that_exists_is_that_principal(declared: str, observed: str) -> None:
    assert found(declared, observed, DETAILS) == []


def test_an_id_that_is_nobodys_is_explained_and_opens_nothing() -> None:
    (finding,) = found(policy(ROLE), policy(ROLE_ID), NOBODY)
    assert (finding.kind, finding.severity, finding.witness) == (Kind.CHANGED, Severity.MEDIUM, None)
    assert f"the policy contains {ROLE_ID} in place of the declared {ROLE}" in finding.detail
    assert "deleted, or another spelling" in finding.detail
    assert "opened" not in finding.detail


def test_an_id_of_nobody_that_was_added_opens_nothing() -> None:
    (finding,) = found(policy(ROLE), policy(ROLE, BOB_ID), NOBODY)
    assert finding.severity is Severity.MEDIUM
    assert f"{BOB_ID} is not a user of this account" in finding.detail
    assert "opened" not in finding.detail


def test_what_else_was_opened_next_to_such_an_id_is_found() -> None:
    (finding,) = found(policy(ROLE), policy(ROLE_ID, BOB), NOBODY)
    assert finding.witness is not None
    assert "opened" in finding.detail
    assert "deleted, or another spelling" in finding.detail


def test_whose_an_id_is_has_to_be_readable() -> None:
    part = resource("aws:s3/bucketPolicy:BucketPolicy", "data", {"bucket": "data", "policy": policy(ROLE)})
    (finding,) = findings("bucket-policy", state_of(part), {s3.policy(BUCKET): {"Policy": policy(ROLE_ID)}})
    assert finding.kind is Kind.UNKNOWN


def test_the_same_holds_for_a_key_policy() -> None:
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
    declared = policy(ROLE, action="kms:Decrypt")
    key = resource("aws:kms/key:Key", "k", {"policy": declared}, arn=arn, region=REGION)
    subject = Key(arn, REGION)
    answers: dict[Call, Any] = {
        kms.policy(subject): {"Policy": policy(ROLE_ID, action="kms:Decrypt")},
        kms.describe(subject): {"KeyMetadata": {"KeyId": "k"}},
        iam.authorization_details(): DETAILS,
    }
    assert findings("kms-key-policy", state_of(key), answers) == []
