"""user-policy-least-privilege: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.rules.user_policy_least_privilege import RULE
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import NAME, bucket, native_bucket

ARN = f"arn:aws:s3:::{NAME}"
POLICY_ARN = "arn:aws:iam::111122223333:policy/p"


def statement(**changed: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:GetObject"],
        "Resource": [ARN, f"{ARN}/*"],
        **changed,
    }


def text(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def managed(policy: object) -> Res:
    return Res("aws:iam/policy:Policy", "p", {"policy": policy}, {"arn": POLICY_ARN})


def attach(kind: str, **properties: object) -> Res:
    return Res(f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}", "a", properties)


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([managed(text(statement()))], id="managed"),
        pytest.param([managed(json.loads(text(statement())))], id="object"),
        pytest.param([managed(secret(text(statement())))], id="secret"),
        pytest.param([Res("aws:iam/userPolicy:UserPolicy", "p", {"policy": text(statement())})], id="inline"),
        pytest.param(
            [managed(text(statement(Action="s3:ListAllMyBuckets", Resource="*")))], id="no-resource"
        ),
        pytest.param([managed(text(statement(Effect="Deny", Action="*", Resource="*")))], id="deny"),
        pytest.param(
            [
                managed(
                    text(
                        statement(
                            Action="kms:Decrypt",
                            Resource="arn:aws:kms:ap-northeast-1:111122223333:key/1234",
                        )
                    )
                )
            ],
            id="named-key",
        ),
        pytest.param(
            [
                managed(text(statement(Action="*", Resource="*"))),
                attach("RolePolicyAttachment", role="ci", policyArn=POLICY_ARN),
            ],
            id="for-a-role",
        ),
        pytest.param(
            [managed(text(statement())), attach("UserPolicyAttachment", user="ada", policyArn=POLICY_ARN)],
            id="attached-own-policy",
        ),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """Named actions on the deployment's own bucket are compliant, whatever resource holds them."""
    assert judge([RULE], [bucket(), *resources]) == []


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        pytest.param(text(statement(Action="s3:Get*")), "`s3:Get*`", id="wildcard-action"),
        pytest.param(text(statement(Action="iam:CreateUser", Resource=ARN)), "`iam:CreateUser`", id="iam"),
        pytest.param(text(statement(Action="S3:putbucketpolicy")), "`S3:putbucketpolicy`", id="opener"),
        pytest.param(text(statement(Resource="*")), "reaches `*`", id="every-resource"),
        pytest.param(text(statement(Resource="arn:aws:s3:::other/*")), "other", id="foreign-bucket"),
        pytest.param(text(statement(Resource=f"{ARN}*")), f"{ARN}*", id="wildcard-bucket"),
        pytest.param(
            text(statement(Action="kms:Decrypt", Resource="arn:aws:kms:*:111122223333:key/1")),
            "kms",
            id="kms",
        ),
        pytest.param(
            text({"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": ARN}),
            "NotAction",
            id="inverted",
        ),
        pytest.param(
            '{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"s3:GetObject","Resource":"'
            + ARN
            + '"}]}',
            "stands twice",
            id="duplicate-key",
        ),
        pytest.param("{", "not JSON", id="not-json"),
        pytest.param(text(statement(Effect="allow")), "neither Allow nor Deny", id="effect"),
        pytest.param(text(statement(Action=[])), "Action is missing", id="no-action"),
        pytest.param(UNKNOWN, "not known during preview", id="unknown"),
        pytest.param("[secret]", "secret that cannot be read", id="redacted"),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda policy: [managed(policy)], id="managed"),
        pytest.param(
            lambda policy: [Res("aws:iam/groupPolicy:GroupPolicy", "p", {"policy": policy})],
            id="sidecar-inline",
        ),
        pytest.param(
            lambda policy: [Res("aws-native:iam:User", "u", {"policies": [{"policyDocument": policy}]})],
            id="native-user-inline",
        ),
        pytest.param(
            lambda policy: [
                managed(policy),
                attach("PolicyAttachment", users=["ada"], roles=["ci"], policyArn=POLICY_ARN),
            ],
            id="attached-to-a-user-and-a-role",
        ),
    ],
)
def test_refuses(spoiled: object, reason: str, form: Any) -> None:
    """One thing too much is one violation that names it, in every form of policy."""
    (found,) = judge([RULE], [native_bucket(), *form(spoiled)])
    assert reason in found.message


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param(
            [attach("UserPolicyAttachment", policyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")],
            id="user",
        ),
        pytest.param(
            [attach("PolicyAttachment", groups=["g"], policyArn="arn:aws:iam::aws:policy/X")], id="group"
        ),
        pytest.param([attach("GroupPolicyAttachment", policyArn=UNKNOWN)], id="unknown"),
        pytest.param(
            [Res("aws-native:iam:User", "u", {"managedPolicyArns": ["arn:aws:iam::aws:policy/X"]})],
            id="native",
        ),
    ],
)
def test_refuses_policies_made_elsewhere(resources: list[Res]) -> None:
    """A policy that the deployment does not declare cannot be judged, so a user may not have it."""
    (found,) = judge([RULE], resources)
    assert "it gives a user or group" in found.message


GROUP = Res("aws:iam/group:Group", "staff", {"name": "staff"})


def joins(kind: str, **properties: object) -> Res:
    return Res(f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}", "m", properties)


def test_accepts_a_group_of_the_deployment() -> None:
    """A group that is declared here is judged here, known by name or by dependency."""
    linked = joins("GroupMembership", group=UNKNOWN, users=["ada"])
    linked.links = {"group": [GROUP.urn]}
    assert judge([RULE], [GROUP, joins("UserGroupMembership", groups=["staff"]), linked]) == []


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(joins("UserGroupMembership", user="ada", groups=["admins"]), id="groups-of-a-user"),
        pytest.param(joins("GroupMembership", group="admins", users=["ada"]), id="users-of-a-group"),
        pytest.param(joins("UserGroupMembership", user="ada", groups=UNKNOWN), id="unknown"),
        pytest.param(Res("aws-native:iam:User", "ada", {"groups": ["admins"]}), id="native"),
    ],
)
def test_refuses_groups_made_elsewhere(member: Res) -> None:
    """Whatever rights such a group has, nobody sees them here."""
    (found,) = judge([RULE], [GROUP, member])
    assert "it puts a user into" in found.message
