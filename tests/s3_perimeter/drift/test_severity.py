"""What lets its holder lift the fence is critical, by whatever name and on whatever way it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3_perimeter.drift.calls import iam, s3
from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.findings import Kind, Severity
from s3_perimeter.stack.state import parse_state
from tests.s3_perimeter.drift.facts import ACCOUNT, BUCKET, NOW, document_of, findings, resource, state_of

pytestmark = pytest.mark.slow

ARN = f"arn:aws:iam::{ACCOUNT}:policy/helper"
WHOLE = "arn:aws:s3:::data"
CRITICAL, HIGH = Severity.CRITICAL, Severity.HIGH


def allow(**statement: Any) -> dict[str, Any]:
    """A policy of one Allow."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}


LIFTING: list[Any] = [
    pytest.param(allow(Action="s3:PutBucketPolicy", Resource=WHOLE), CRITICAL, id="PutBucketPolicy"),
    pytest.param(allow(Action=["s3:DeleteBucketPolicy"]), CRITICAL, id="DeleteBucketPolicy"),
    pytest.param(allow(Action="S3:*"), CRITICAL, id="all of S3, in capitals"),
    pytest.param(allow(Action="s3:P*Policy"), CRITICAL, id="a pattern"),
    pytest.param(allow(Action="iam:*"), CRITICAL, id="all of IAM"),
    pytest.param(allow(Action="iam:AttachUserPolicy"), CRITICAL, id="may give itself a policy"),
    pytest.param(allow(Action="iam:CreatePolicyVersion", Resource=ARN), CRITICAL, id="may rewrite a policy"),
    pytest.param(allow(Action="*"), CRITICAL, id="administrator"),
    pytest.param({**allow(NotAction="organizations:*")}, CRITICAL, id="administrator by NotAction"),
    pytest.param(
        {"Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::other"}},
        CRITICAL,
        id="everything but another bucket",
    ),
    pytest.param(
        allow(Action="*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        CRITICAL,
        id="from inside the allow-list",
    ),
    pytest.param(allow(Action="s3:GetObject"), HIGH, id="reads objects"),
    pytest.param(allow(Action=["s3:Get*", "s3:List*"]), HIGH, id="reads everything"),
    pytest.param(
        allow(Action="s3:PutBucketPolicy", Resource="arn:aws:s3:::other"), HIGH, id="another bucket"
    ),
    pytest.param({**allow(NotAction=["s3:*", "iam:*", "sts:*"])}, HIGH, id="everything but what lifts it"),
    pytest.param(allow(Action=["iam:Get*", "iam:List*"]), HIGH, id="reads IAM"),
]


@pytest.mark.parametrize(("document", "severity"), LIFTING)
@pytest.mark.parametrize("way", ["inline", "attached", "group"])
def test_an_undeclared_policy_is_as_bad_as_what_it_allows(
    document: dict[str, Any], severity: Severity, way: str
) -> None:
    """The same on the user, attached to the user, and on a group that the user was put into."""
    managed: dict[Call, Any] = {
        iam.managed_policy(ARN): {"Policy": {"Arn": ARN, "DefaultVersionId": "v1"}},
        iam.policy_version(ARN, "v1"): {
            "PolicyVersion": {"VersionId": "v1", "Document": json.dumps(document)}
        },
    }
    attached = {"AttachedPolicies": [{"PolicyName": "helper", "PolicyArn": ARN}]}
    group = {
        "GroupName": "g",
        "GroupId": "AGPAJQABLZS4A3QDU576Q",
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/g",
        "Path": "/",
        "CreateDate": NOW,
    }
    control, answers = {
        "inline": (
            "user-inline-policies",
            {
                iam.inline("ada"): {"PolicyNames": ["quiet"]},
                iam.inline_policy("ada", "quiet"): {
                    "UserName": "ada",
                    "PolicyName": "quiet",
                    "PolicyDocument": json.dumps(document),
                },
            },
        ),
        "attached": ("user-attached-policies", {iam.attached("ada"): attached, **managed}),
        "group": (
            "user-groups",
            {
                iam.groups("ada"): {"Groups": [group]},
                iam.group_attached("g"): attached,
                iam.group_inline("g"): {"PolicyNames": []},
                **managed,
            },
        ),
    }[way]
    (finding,) = findings(control, state_of(), answers)
    assert (finding.kind, finding.severity) == (Kind.UNMANAGED, severity)
    assert ("remove the fence" in finding.detail) == (severity is CRITICAL)


def test_a_policy_that_may_not_be_read_counts_as_critical() -> None:
    attached = {"AttachedPolicies": [{"PolicyName": "helper", "PolicyArn": ARN}]}
    (finding,) = findings("user-attached-policies", state_of(), {iam.attached("ada"): attached})
    assert finding.severity is CRITICAL


@pytest.mark.parametrize(
    ("uri", "who", "severity"),
    [
        ("global/AllUsers", "everybody on the internet (AllUsers)", CRITICAL),
        ("global/AuthenticatedUsers", "everybody with any AWS account (AuthenticatedUsers)", CRITICAL),
        ("s3/LogDelivery", "S3's log delivery (LogDelivery)", HIGH),
    ],
)
def test_an_acl_names_its_grantee(uri: str, who: str, severity: Severity) -> None:
    owner = {"ID": "a" * 64}
    grantee = {"Type": "Group", "URI": f"http://acs.amazonaws.com/groups/{uri}"}
    answers: dict[Call, Any] = {
        s3.acl(BUCKET): {
            "Owner": owner,
            "Grants": [
                {"Grantee": {**owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"},
                {"Grantee": grantee, "Permission": "WRITE"},
            ],
        }
    }
    (finding,) = findings("bucket-acl", state_of(), answers)
    assert f"grants WRITE to {who}" in finding.detail
    assert finding.severity is severity


KEY, OTHER = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"


OURS = "urn:pulumi:prod::shop::s3-perimeter:index:PrivateBucket$s3-perimeter:index:RemoteUser::shop-ada"


@pytest.mark.parametrize("ours", [pytest.param(True, id="ours"), pytest.param(False, id="another-programs")])
@pytest.mark.parametrize(
    ("keys", "words"),
    [
        pytest.param(
            [KEY],
            "ask who deactivated it, and why: a key that may be stolen has to stay inactive. Replace it with",
            id="the only key",
        ),
        pytest.param([KEY, OTHER], "if a rotation is under way, finish it", id="the old key of a rotation"),
    ],
)
def test_the_advice_on_a_key_that_was_switched_off_undoes_no_rotation(
    keys: list[str], words: str, ours: bool
) -> None:
    """`perimeter rotate` is named for the users that it knows."""
    parts = [resource("aws:iam/accessKey:AccessKey", key, {"user": "ada"}) for key in keys]
    listed = [
        {
            "UserName": "ada",
            "AccessKeyId": key,
            "Status": "Inactive" if key == KEY else "Active",
            "CreateDate": NOW,
        }
        for key in keys
    ]
    answers: dict[Call, Any] = {iam.access_keys("ada"): {"AccessKeyMetadata": listed}}
    document = document_of(*parts)
    document["deployment"]["resources"][1]["parent"] = OURS if ours else ""
    (finding,) = findings("user-access-keys", parse_state(document), answers)
    assert words in finding.fix
    assert "--status Active" not in finding.fix
    assert ("perimeter rotate" in finding.fix) is ours


def test_a_key_that_esc_made_is_refused_with_the_reason() -> None:
    """A rotation past the stack leaves a key that nobody declared, and later takes a declared one away."""
    listed = [{"UserName": "ada", "AccessKeyId": OTHER, "Status": "Active", "CreateDate": NOW}]
    answers: dict[Call, Any] = {iam.access_keys("ada"): {"AccessKeyMetadata": listed}}
    declared = resource("aws:iam/accessKey:AccessKey", KEY, {"user": "ada"})
    made, gone = findings("user-access-keys", state_of(declared), answers)
    assert (made.kind, gone.kind) == ("unmanaged", "missing")
    assert "`fn::rotate::aws-iam`" in made.detail
    assert "perimeter rotate" not in made.detail, "the user is of no PrivateBucket"
    assert made.fix.endswith(f"--access-key-id {OTHER}")


def test_a_declared_group_is_compared_with_its_policies_and_members() -> None:
    group = resource(
        "aws:iam/group:Group", "crew", {"name": "crew"}, arn=f"arn:aws:iam::{ACCOUNT}:group/crew"
    )
    answer = {
        "Group": {
            "GroupName": "crew",
            "GroupId": "AGPAJQABLZS4A3QDU576Q",
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/x",
            "Path": "/",
            "CreateDate": NOW,
        },
        "Users": [
            {
                "UserName": "mallory",
                "UserId": "AIDAJQABLZS4A3QDU576Q",
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/x",
                "Path": "/",
                "CreateDate": NOW,
            }
        ],
    }
    answers: dict[Call, Any] = {
        iam.group("crew"): answer,
        iam.group_attached("crew"): {"AttachedPolicies": [{"PolicyName": "helper", "PolicyArn": ARN}]},
        iam.group_inline("crew"): {"PolicyNames": []},
        iam.managed_policy(ARN): {"Policy": {"Arn": ARN, "DefaultVersionId": "v1"}},
        iam.policy_version(ARN, "v1"): {
            "PolicyVersion": {"VersionId": "v1", "Document": json.dumps(allow(Action="*"))}
        },
    }
    for control in ("group-attached-policies", "group-members"):
        (finding,) = findings(control, state_of(group), answers)
        assert finding.severity is CRITICAL


def test_a_declared_role_is_compared_with_who_may_take_it() -> None:
    trust = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]
    }
    wider = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = resource(
        "aws:iam/role:Role",
        "reader",
        {"name": "reader", "assumeRolePolicy": json.dumps(trust)},
        arn=f"arn:aws:iam::{ACCOUNT}:role/reader",
    )
    seen = {
        "RoleName": "reader",
        "RoleId": "AROAJQABLZS4A3QDU576Q",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/reader",
        "Path": "/",
        "CreateDate": NOW,
    }
    for document, number in ((trust, 0), (wider, 1)):
        answers: dict[Call, Any] = {
            iam.role("reader"): {"Role": {**seen, "AssumeRolePolicyDocument": json.dumps(document)}}
        }
        assert len(findings("role-trust-policy", state_of(role), answers)) == number
