"""What the embedded AWS does not serve or cannot make, judged on answers as AWS documents them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from s3_perimeter.drift.calls import iam, s3, s3control
from s3_perimeter.drift.facts import Call
from tests.s3_perimeter.drift.facts import ACCOUNT, BUCKET, NOW, REGION, findings, resource, state_of

pytestmark = pytest.mark.slow

POINT = f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/spare"
GRANT = {
    "AccessGrantId": "grant-1",
    "Permission": "READ",
    "GrantScope": "s3://data/reports/*",
    "Grantee": {"GranteeType": "IAM", "GranteeIdentifier": f"arn:aws:iam::{ACCOUNT}:role/analyst"},
}
OWNER = {"ID": "a" * 64, "Type": "CanonicalUser"}
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"

ROWS: list[Any] = [
    pytest.param(
        "bucket-access-grants",
        {s3control.grants(BUCKET): {"AccessGrantsList": [GRANT]}},
        ["analyst may READ s3://data/reports/*"],
        id="a-grant-on-a-prefix-of-the-bucket",
    ),
    pytest.param(
        "bucket-access-grants",
        {s3control.grants(BUCKET): {"AccessGrantsList": [{**GRANT, "GrantScope": "s3://*"}]}},
        ["may READ s3://*"],
        id="a-grant-on-every-bucket",
    ),
    pytest.param(
        "bucket-access-grants",
        {s3control.grants(BUCKET): {"AccessGrantsList": [{**GRANT, "GrantScope": "s3://dat/*"}]}},
        [],
        id="a-grant-on-a-bucket-whose-name-begins-alike",
    ),
    pytest.param("bucket-access-grants", {s3control.grants(BUCKET): None}, [], id="no-grants-instance"),
    pytest.param(
        "bucket-object-lambda",
        {
            s3control.object_lambdas(BUCKET): {"ObjectLambdaAccessPointList": [{"Name": "editor"}]},
            s3control.access_points(BUCKET): {
                "AccessPointList": [
                    {"Name": "spare", "NetworkOrigin": "Internet", "Bucket": "data", "AccessPointArn": POINT}
                ]
            },
            s3control.object_lambda(BUCKET, "editor"): {
                "Configuration": {"SupportingAccessPoint": POINT, "TransformationConfigurations": []}
            },
        },
        ["editor reads the bucket"],
        id="an-object-lambda-over-an-access-point-of-the-bucket",
    ),
    pytest.param(
        "bucket-acl",
        {
            s3.acl(BUCKET): {
                "Owner": {"ID": OWNER["ID"]},
                "Grants": [
                    {"Grantee": OWNER, "Permission": "FULL_CONTROL"},
                    {"Grantee": {"Type": "Group", "URI": EVERYBODY}, "Permission": "READ"},
                ],
            }
        },
        ["grants READ to everybody on the internet"],
        id="everybody-granted-by-acl",
    ),
    pytest.param(
        "bucket-mfa-delete",
        {s3.versioning(BUCKET): {"Status": "Enabled", "MFADelete": "Enabled"}},
        ["only the account's root"],
        id="mfa-delete-that-nobody-declared",
    ),
    pytest.param(
        "bucket-object-lock",
        {
            s3.object_lock(BUCKET): {
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3650}},
                }
            }
        },
        ["cannot be deleted before"],
        id="object-lock-that-nobody-declared",
    ),
    pytest.param(
        "bucket-region",
        {s3.location(BUCKET): {"LocationConstraint": "eu-west-1"}},
        ["created again in eu-west-1"],
        id="the-bucket-made-again-elsewhere",
    ),
    pytest.param(
        "bucket-policy-status",
        {
            s3.policy_status(BUCKET): {"PolicyStatus": {"IsPublic": True}},
            s3.policy(BUCKET): {"Policy": "{}"},
        },
        [],
        id="a-public-policy-that-is-not-the-declared-one-is-said-once",
    ),
    pytest.param(
        "bucket-notifications",
        {
            s3.notifications(BUCKET): {
                "QueueConfigurations": [
                    {"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:ears", "Events": ["s3:ObjectCreated:*"]}
                ]
            }
        },
        ["ears receives the name"],
        id="events-sent-to-a-queue",
    ),
]


@pytest.mark.parametrize(("control", "answers", "said"), ROWS)
def test_a_documented_answer_is_judged(control: str, answers: dict[Call, Any], said: list[str]) -> None:
    """As many findings as expected, each saying what it lets happen."""
    found = findings(control, state_of(), answers)
    assert len(found) == len(said), found
    assert all(words in finding.detail for words, finding in zip(said, found, strict=True)), found


KEY = {"UserName": "ada", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}


@pytest.mark.parametrize(
    ("age", "used", "said"),
    [
        pytest.param(10, None, [], id="new-and-unused"),
        pytest.param(40, None, ["user-access-key-use"], id="unused-for-long"),
        pytest.param(40, ("s3", 1), [], id="used-for-s3"),
        pytest.param(40, ("s3", 30), [], id="used-as-long-ago-as-the-limit"),
        pytest.param(40, ("s3", 31), ["user-access-key-use"], id="not-used-lately"),
        pytest.param(40, ("iam", 1), ["user-access-key-use"], id="used-for-another-service"),
        pytest.param(91, ("s3", 1), ["user-access-key-age"], id="too-old"),
        pytest.param(90, ("s3", 1), [], id="as-old-as-the-limit"),
    ],
)
def test_age_and_use_of_an_access_key(age: int, used: tuple[str, int] | None, said: list[str]) -> None:
    """The strict controls measure a key, and say for what and where it was used last."""
    last: dict[str, Any] = {"ServiceName": "N/A", "Region": "N/A"}
    if used:
        last = {"ServiceName": used[0], "Region": REGION, "LastUsedDate": NOW - timedelta(days=used[1])}
    answers: dict[Call, Any] = {
        iam.access_keys("ada"): {
            "AccessKeyMetadata": [{**KEY, "CreateDate": NOW - timedelta(days=age)}],
            "IsTruncated": False,
        },
        iam.last_used(KEY["AccessKeyId"]): {"UserName": "ada", "AccessKeyLastUsed": last},
    }
    found = [
        finding
        for control in ("user-access-key-age", "user-access-key-use")
        for finding in findings(control, state_of(), answers)
    ]
    assert [finding.control for finding in found] == said
    if used and used[0] == "iam":
        assert f"last used for iam in {REGION}" in found[0].detail


def test_a_list_with_a_value_that_is_no_network_is_not_decided() -> None:
    """What readers make of it is not documented, so it is neither the same nor surely open."""
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", '
        '"Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"], '
        '"Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"%s]}}}]}'
    )
    declared = resource("aws:s3/bucketPolicy:BucketPolicy", "data", {"bucket": "data", "policy": policy % ""})
    answers = {s3.policy(BUCKET): {"Policy": policy % ', "::ffff:0:0/96"'}}
    (found,) = findings("bucket-policy", state_of(declared), answers)
    assert found.kind == "unknown"
    assert "`::ffff:0:0/96` is an IPv4-mapped IPv6 address" in found.detail


def test_a_bucket_of_another_kind_is_not_decided() -> None:
    """Other actions and ARNs reach it, so a difference between its policies cannot be weighed."""
    name = "data--use1-az4--x-s3"
    other = replace(BUCKET, name=name, arn=f"arn:aws:s3:::{name}")
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "%s", "Principal": "*", "Action": "*", '
    policy += '"Resource": "*"}]}'
    bucket = resource("aws:s3/bucket:Bucket", name, {"bucket": name}, arn=other.arn, region=REGION)
    declared = resource("aws:s3/bucketPolicy:BucketPolicy", name, {"bucket": name, "policy": policy % "Deny"})
    answers = {s3.policy(other): {"Policy": policy % "Allow"}, s3.policy(BUCKET): None}
    found = findings("bucket-policy", state_of(bucket, declared), answers)
    assert [each.kind for each in found] == ["unknown"]
    assert "which AWS reserves for directory buckets" in found[0].detail
