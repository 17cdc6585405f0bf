"""What is declared of a bucket or user that another stack declares, by another provider, or by nothing."""

from __future__ import annotations

from typing import Any

import pytest

from s3_perimeter.drift.calls import iam, organizations, s3, s3control
from s3_perimeter.drift.controls import CONTROLS, Context
from s3_perimeter.drift.declared import declare
from s3_perimeter.drift.facts import Absent, Call, Fact, Facts, Unreadable
from s3_perimeter.drift.findings import Finding, Kind, Severity
from s3_perimeter.drift.judge import judge
from s3_perimeter.drift.subjects import Account, Bucket
from s3_perimeter.stack.state import State, parse_state
from tests.s3_perimeter.drift.facts import ACCOUNT, BUCKET, NOW, REGION, answered, resource

pytestmark = pytest.mark.slow

ALL_ON = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
OTHER = Bucket("elsewhere", "arn:aws:s3:::elsewhere", REGION, ACCOUNT)
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", '
    '"Resource": "arn:aws:s3:::elsewhere/*", '
    '"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}'
)
RCP = "RESOURCE_CONTROL_POLICY"
PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:aws::default"


def alone(*resources: dict[str, Any]) -> State:
    """A state of these resources, whose provider names the region."""
    provider = {
        "urn": PROVIDER,
        "type": "pulumi:providers:aws",
        "id": "1",
        "custom": True,
        "inputs": {"region": REGION},
        "outputs": {"region": REGION},
    }
    known = [{**each, "provider": f"{PROVIDER}::1"} for each in resources]
    return parse_state({"version": 3, "deployment": {"resources": [provider, *known]}})


def judged(state: State, answers: dict[Call, Any], only: str | None = None) -> dict[str, list[Finding]]:
    """What each control that applies says of the state; a call without an answer is unreadable."""
    readings: dict[Call, Fact] = {
        call: Absent() if answer is None else answered(call, answer) for call, answer in answers.items()
    }
    context = Context(Facts(readings), declare(state, account=ACCOUNT), NOW)
    chosen = tuple(control for control in CONTROLS if only in (None, control.id))
    found, verdicts = judge(context, chosen, {control.id for control in chosen})
    return {
        verdict.control: [finding for finding in found if finding.control == verdict.control]
        for verdict in verdicts
    }


THERE: dict[Call, Any] = {
    s3.location(OTHER): {"LocationConstraint": REGION},
    s3.own_bucket(OTHER): {"Buckets": [{"Name": "elsewhere"}]},
}


@pytest.mark.parametrize(
    ("kind", "inputs", "call", "control"),
    [
        pytest.param(
            "bucketPolicy:BucketPolicy", {"policy": POLICY}, s3.policy(OTHER), "bucket-policy", id="policy"
        ),
        pytest.param(
            "bucketPublicAccessBlock:BucketPublicAccessBlock",
            {"blockPublicPolicy": True},
            s3.public_access_block(OTHER),
            "bucket-public-access-block",
            id="public-access block",
        ),
        pytest.param(
            "bucketLogging:BucketLogging",
            {"targetBucket": "logs"},
            s3.logging(OTHER),
            "bucket-logging",
            id="logging",
        ),
        pytest.param(
            "bucketVersioning:BucketVersioning",
            {"versioningConfiguration": {"status": "Enabled"}},
            s3.versioning(OTHER),
            "bucket-versioning",
            id="versioning",
        ),
    ],
)
def test_a_part_of_a_bucket_that_is_declared_elsewhere_is_checked(
    kind: str, inputs: dict[str, Any], call: Call, control: str
) -> None:
    """Alone, with the account and region known from the caller and the provider; the rest is not judged."""
    state = alone(resource(f"aws:s3/{kind}", "elsewhere", {"bucket": "elsewhere", **inputs}))
    found = judged(state, {**THERE, call: None})
    assert [finding.control for finding in found[control]] == [control]
    assert found[control][0].kind in (Kind.MISSING, Kind.CHANGED)
    assert "bucket-encryption" not in found
    assert "bucket-acl" not in found


def test_parts_of_a_user_who_is_declared_elsewhere_are_checked() -> None:
    state = alone(
        resource(
            "aws:iam/userPolicy:UserPolicy",
            "eve:in",
            {"user": "eve", "name": "in", "policy": '{"Statement": []}'},
        ),
        resource("aws:iam/accessKey:AccessKey", "AKIAIOSFODNN7EXAMPLE", {"user": "eve"}),
        resource("aws:iam/userLoginProfile:UserLoginProfile", "eve", {"user": "eve"}),
    )
    found = judged(
        state,
        {
            iam.user("eve"): {"User": _user("eve")},
            iam.inline("eve"): {"PolicyNames": [], "IsTruncated": False},
            iam.access_keys("eve"): {"AccessKeyMetadata": [], "IsTruncated": False},
            iam.login_profile("eve"): None,
        },
    )
    missing = {name for name, listed in found.items() if any(one.kind is Kind.MISSING for one in listed)}
    assert missing == {"user-inline-policies", "user-access-keys", "user-console-password"}
    assert "user-tags" not in found


def _user(name: str) -> dict[str, Any]:
    return {
        "UserName": name,
        "UserId": "AIDAJQABLZS4A3QDU576Q",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "Path": "/",
        "CreateDate": NOW,
    }


def test_a_bucket_of_the_other_provider_is_checked_and_what_is_not_read_is_unknown() -> None:
    """Its parts are properties; a lifecycle of that provider is not translated, and never in sync."""
    bucket = resource(
        "aws-native:s3:Bucket",
        "elsewhere",
        {
            "bucketName": "elsewhere",
            "publicAccessBlockConfiguration": {"blockPublicPolicy": True},
            "versioningConfiguration": {"status": "Enabled"},
            "lifecycleConfiguration": {"rules": [{"status": "Enabled", "expirationInDays": 1}]},
            "tags": [{"key": "team", "value": "blue"}],
        },
        arn="arn:aws:s3:::elsewhere",
    )
    policy = resource(
        "aws-native:s3:BucketPolicy",
        "elsewhere",
        {"bucket": "elsewhere", "policyDocument": {"Statement": []}},
    )
    found = judged(
        alone(bucket, policy),
        {
            **THERE,
            s3.public_access_block(OTHER): None,
            s3.versioning(OTHER): {},
            s3.policy(OTHER): None,
            s3.tags(OTHER): {"TagSet": [{"Key": "team", "Value": "blue"}]},
            s3.lifecycle(OTHER): None,
        },
    )
    assert [one.severity for one in found["bucket-public-access-block"]] == [Severity.CRITICAL]
    assert [one.kind for one in found["bucket-versioning"]] == [Kind.CHANGED]
    assert [one.kind for one in found["bucket-policy"]] == [Kind.MISSING]
    assert found["bucket-tags"] == []
    assert [one.kind for one in found["bucket-lifecycle"]] == [Kind.UNKNOWN]
    assert "aws-native" in found["bucket-lifecycle"][0].detail


@pytest.mark.parametrize(
    "uncovered",
    [
        pytest.param(
            resource("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "o", {}), id="no control"
        ),
        pytest.param(resource("aws-native:iam:RolePolicy", "r", {}), id="another provider"),
        pytest.param(resource("awscc:index/s3Bucket:S3Bucket", "b", {}), id="Terraform's cloud control"),
        pytest.param(
            resource("awscc:index/organizationsPolicy:OrganizationsPolicy", "p-1", {"type": RCP}),
            id="a resource control policy of that",
        ),
        pytest.param(
            resource("aws:s3/directoryBucket:DirectoryBucket", "d--x-s3", {}), id="another sort of bucket"
        ),
        pytest.param(
            resource(
                "aws:s3/bucketPolicy:BucketPolicy", "d", {"bucket": "d--apne1-az4--x-s3", "policy": "{}"}
            ),
            id="a part of another sort of bucket",
        ),
        pytest.param(
            resource(
                "aws:s3/bucketPolicy:BucketPolicy",
                "s",
                {"bucket": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}},
            ),
            id="a part whose bucket is a secret",
        ),
        pytest.param(resource("aws:s3tables/table:Table", "t", {}), id="a table"),
    ],
)
def test_what_no_control_compares_is_unknown_and_named(uncovered: dict[str, Any]) -> None:
    (finding,) = judged(alone(uncovered), {}, only="stack-coverage")["stack-coverage"]
    assert finding.kind is Kind.UNKNOWN
    assert finding.resource == uncovered["urn"]
    assert str(uncovered["type"]) in finding.detail


def test_objects_and_resources_about_something_else_are_no_gap() -> None:
    state = alone(
        resource("aws:s3/bucketObjectv2:BucketObjectv2", "o", {"bucket": "data"}),
        resource("aws:ec2/vpc:Vpc", "v", {}),
        resource("aws:organizations/policy:Policy", "p-1", {"type": "SERVICE_CONTROL_POLICY"}),
    )
    declared = declare(state, account=ACCOUNT)
    assert declared.empty
    aside = ["s3/bucketObjectv2", "ec2/vpc", "organizations/policy"]
    assert [resource.kind for resource in declared.aside] == aside


def plain(control: str, answers: dict[Call, Any], **inputs: Any) -> list[Finding]:
    """What a control says of a bucket that is declared alone."""
    bucket = resource(
        "aws:s3/bucket:Bucket", "data", {"bucket": "data", **inputs}, arn="arn:aws:s3:::data", region=REGION
    )
    return judged(alone(bucket), answers, only=control)[control]


def encrypted(algorithm: str, key: str | None = None, *, bucket_key: bool = False) -> dict[str, Any]:
    default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


FOREIGN = f"arn:aws:kms:{REGION}:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("control", "answers", "said"),
    [
        pytest.param("bucket-encryption", {s3.encryption(BUCKET): encrypted("AES256")}, None, id="AES256"),
        pytest.param("bucket-encryption", {s3.encryption(BUCKET): None}, None, id="no encryption configured"),
        pytest.param(
            "bucket-encryption",
            {s3.encryption(BUCKET): encrypted("AES256", bucket_key=True)},
            None,
            id="a bucket key without KMS",
        ),
        pytest.param(
            "bucket-encryption",
            {s3.encryption(BUCKET): encrypted("aws:kms", FOREIGN)},
            "account 999988887777, which owns the key",
            id="a key of another account",
        ),
        pytest.param(
            "bucket-public-access-block",
            {s3.public_access_block(BUCKET): {"PublicAccessBlockConfiguration": ALL_ON}},
            None,
            id="all on",
        ),
        pytest.param(
            "bucket-public-access-block",
            {s3.public_access_block(BUCKET): None},
            "default for new buckets is off",
            id="no block",
        ),
        pytest.param(
            "bucket-public-access-block",
            {
                s3.public_access_block(BUCKET): {
                    "PublicAccessBlockConfiguration": {**ALL_ON, "BlockPublicAcls": False}
                }
            },
            "is off: BlockPublicAcls;",
            id="one switch off",
        ),
        pytest.param(
            "bucket-ownership",
            {
                s3.ownership(BUCKET): {
                    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
                }
            },
            None,
            id="the owner owns everything",
        ),
        pytest.param(
            "bucket-ownership",
            {s3.ownership(BUCKET): {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}},
            "ACLs take effect again",
            id="ACLs in force",
        ),
        pytest.param(
            "bucket-ownership",
            {s3.ownership(BUCKET): None},
            "ACLs take effect again",
            id="no ownership controls",
        ),
    ],
)
def test_where_the_program_is_silent_awss_default_counts(
    control: str, answers: dict[Call, Any], said: str | None
) -> None:
    found = plain(control, answers)
    assert [said is not None and said in one.detail for one in found] == ([True] if said else [])


def test_a_declared_acl_needs_acls_in_force() -> None:
    answers: dict[Call, Any] = {s3.ownership(BUCKET): None}
    assert plain("bucket-ownership", answers, acl="public-read") == []


BLOCK = resource(
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    ACCOUNT,
    {name[0].lower() + name[1:]: True for name in ALL_ON},
)
HERE = Account(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", REGION)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        pytest.param(None, "for the whole account: BlockPublicAcls", id="no policy of the organization"),
        pytest.param(
            {
                "EffectivePolicy": {
                    "PolicyContent": '{"s3_attributes": {"public_access_block_configuration": "none"}}'
                }
            },
            "by an S3 policy of the organization",
            id="the organization sets it",
        ),
    ],
)
def test_the_accounts_block_is_checked_without_a_bucket_and_says_who_sets_it(policy: Any, words: str) -> None:
    answers: dict[Call, Any] = {s3control.account_block(HERE): None, organizations.storage_policy(): policy}
    (finding,) = judged(alone(BLOCK), answers, only="account-public-access-block")[
        "account-public-access-block"
    ]
    assert words in finding.detail
    assert ("organization" in finding.fix) == (policy is not None)


def test_an_organization_that_may_not_be_asked_is_said() -> None:
    call = s3control.account_block(HERE)
    readings: dict[Call, Fact] = {
        call: Absent(),
        organizations.storage_policy(): Unreadable("DescribeEffectivePolicy: AccessDeniedException"),
    }
    context = Context(Facts(readings), declare(alone(BLOCK), account=ACCOUNT), NOW)
    control = next(each for each in CONTROLS if each.id == "account-public-access-block")
    (finding,), _ = judge(context, (control,), {control.id})
    assert "could not be read" in finding.detail
    assert finding.severity is Severity.CRITICAL
