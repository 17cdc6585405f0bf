"""user-policy-least-privilege: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.rules import user_policy_least_privilege
from tests.policies.engine import UNKNOWN, Res, judge, secret
from tests.policies.programs import NAME, bucket, native_bucket

RULE = user_policy_least_privilege.judge

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


KEY = "arn:aws:kms:ap-northeast-1:111122223333:key/1234"
EVERYTHING = managed(text(statement(Action="*", Resource="*")))
NATIVE_EVERYTHING = Res(
    "aws-native:iam:ManagedPolicy",
    "p",
    {"policyDocument": json.loads(text(statement(Action="*", Resource="*")))},
    {"policyArn": POLICY_ARN},
)


def role(kind: str, policy: Res, *, known: bool) -> Res:
    """A role that has the policy in a list of its own."""
    if known:
        return Res(kind, "ci", {"managedPolicyArns": [POLICY_ARN]})
    return Res(kind, "ci", {"managedPolicyArns": [UNKNOWN]}, links={"managedPolicyArns": [policy.urn]})


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
            [managed(text(statement(Action=["s3:GetObject", "kms:Decrypt"], Resource=[f"{ARN}/*", KEY])))],
            id="data-and-key",
        ),
        pytest.param([managed(text(statement(Action="sts:GetCallerIdentity", Resource="*")))], id="who-am-i"),
        pytest.param(
            [
                managed(
                    text(
                        statement(Action=["s3:GetBucketPolicy", "s3:DeleteObjectVersion", "s3:PutObjectAcl"])
                    )
                )
            ],
            id="reads-and-object-writes",
        ),
        pytest.param(
            [managed(text(statement(Resource=f"arn:aws:s3:::{NAME}/${{aws:username}}/*")))], id="home"
        ),
        pytest.param(
            [
                managed(text(statement(Action="*", Resource="*"))),
                attach("RolePolicyAttachment", role="ci", policyArn=POLICY_ARN),
            ],
            id="for-a-role",
        ),
        *(
            pytest.param([everything, role(kind, everything, known=known)], id=f"for-a-{name}")
            for name, everything, kind, known in (
                ("roles-own-list", EVERYTHING, "aws:iam/role:Role", True),
                ("roles-own-list-linked", EVERYTHING, "aws:iam/role:Role", False),
                ("native-role", NATIVE_EVERYTHING, "aws-native:iam:Role", True),
                ("native-role-linked", NATIVE_EVERYTHING, "aws-native:iam:Role", False),
            )
        ),
        pytest.param(
            [
                EVERYTHING,
                attach("RolePolicyAttachmentsExclusive", roleName="ci", policyArns=[POLICY_ARN]),
            ],
            id="for-a-role-exclusively",
        ),
        pytest.param(
            [
                Res(
                    "aws-native:iam:ManagedPolicy",
                    "p",
                    {"policyDocument": json.loads(text(statement()))},
                    {"policyArn": POLICY_ARN},
                ),
                attach("UserPolicyAttachment", user="ada", policyArn=POLICY_ARN),
                Res("aws-native:iam:User", "u", {"managedPolicyArns": [POLICY_ARN]}),
            ],
            id="native-own-policy-once-deployed",
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
    ("broken", "reason"),
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
        *(
            pytest.param(text(statement(Action=f"s3:{action}")), f"`s3:{action}`", id=action)
            for action in (
                "PutBucketAcl",
                "DeleteBucket",
                "CreateBucket",
                "PutBucketLogging",
                "PutEncryptionConfiguration",
                "PutBucketNotification",
                "PutLifecycleConfiguration",
                "PutBucketVersioning",
                "CreateAccessPoint",
                "PutAccessPointPublicAccessBlock",
                "PutAccessPointPolicyForObjectLambda",
                "CreateMultiRegionAccessPoint",
                "PutMultiRegionAccessPointPolicy",
                "CreateJob",
                "CreateBucketMetadataTableConfiguration",
                "PutStorageLensConfiguration",
                "CreateAccessGrant",
                "BypassGovernanceRetention",
                "PutBucketObjectLockConfiguration",
                "InitiateReplication",
                "ReplicateObject",
                "AllowVendedLogDeliveryForResource",
                "AnActionOfTomorrow",
            )
        ),
        *(
            pytest.param(text(statement(Action=action, Resource=resource)), f"`{action}`", id=action)
            for action, resource in (
                ("sts:AssumeRole", "arn:aws:iam::111122223333:role/*"),
                ("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:111122223333:function:deployer"),
                ("cloudformation:UpdateStack", "arn:aws:cloudformation:eu-west-1:111122223333:stack/x/*"),
                ("ssm:SendCommand", "arn:aws:ec2:eu-west-1:111122223333:instance/*"),
                ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*"),
                ("kms:PutKeyPolicy", KEY),
                ("ses:SendRawEmail", "*"),
                ("iam:GetUser", "arn:aws:iam::111122223333:user/ada"),
            )
        ),
        pytest.param(
            text(statement(Action="kms:Decrypt", Resource="arn:aws:kms:eu-west-1:111122223333:key*")),
            "more than one KMS key",
            id="kms-keys",
        ),
        pytest.param(
            text(statement(Resource=f"arn:aws:s3:eu-west-1:111122223333:{NAME}/*")),
            "beyond the buckets",
            id="access-point",
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
            "occurs twice",
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
            id="part-inline",
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
def test_refuses(broken: object, reason: str, form: Any) -> None:
    """One thing too much is one violation that names it, in every form of policy."""
    (found,) = judge([RULE], [native_bucket(), *form(broken)])
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
        pytest.param(
            [
                attach(
                    "UserPolicyAttachmentsExclusive", userName="ada", policyArns=["arn:aws:iam::aws:policy/X"]
                )
            ],
            id="exclusive-user",
        ),
        pytest.param(
            [
                attach(
                    "GroupPolicyAttachmentsExclusive", groupName="g", policyArns=["arn:aws:iam::aws:policy/X"]
                )
            ],
            id="exclusive-group",
        ),
        pytest.param([attach("GroupPolicyAttachmentsExclusive", policyArns=UNKNOWN)], id="exclusive-unknown"),
        pytest.param(
            [
                managed(text(statement())),
                Res(
                    "aws-native:iam:User",
                    "u",
                    {"managedPolicyArns": [UNKNOWN, UNKNOWN]},
                    links={"managedPolicyArns": [managed("").urn]},
                ),
            ],
            id="one-of-two-unknown",
        ),
    ],
)
def test_refuses_policies_made_elsewhere(resources: list[Res]) -> None:
    """A policy that the deployment does not declare cannot be judged, so a user may not have it."""
    (found,) = judge([RULE], [bucket(), *resources])
    assert "it gives a user or group" in found.message


@pytest.mark.parametrize(
    "holder",
    [
        Res("aws-native:iam:User", "u", {"managedPolicyArns": [POLICY_ARN]}),
        Res("aws-native:iam:Group", "g", {"managedPolicyArns": [POLICY_ARN]}),
        Res(
            "aws-native:iam:User",
            "u",
            {"managedPolicyArns": [UNKNOWN]},
            links={"managedPolicyArns": [EVERYTHING.urn]},
        ),
        attach("UserPolicyAttachmentsExclusive", userName="ada", policyArns=[POLICY_ARN]),
        attach("GroupPolicyAttachmentsExclusive", groupName="g", policyArns=[POLICY_ARN]),
    ],
    ids=["native-user", "native-group", "linked", "exclusive-user", "exclusive-group"],
)
def test_refuses_a_roles_policy_that_a_user_gets_too(holder: Res) -> None:
    """A policy is a role's alone only where nothing else hands it to users or groups."""
    roles = Res("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "r", {"policyArn": POLICY_ARN})
    assert judge([RULE], [EVERYTHING, roles]) == []
    assert {found.urn for found in judge([RULE], [EVERYTHING, roles, holder])} == {EVERYTHING.urn}


def test_an_organization_can_allow_further_actions() -> None:
    """An action that the pack's config names may be given, on whatever resource; no other one."""
    mail = managed(text(statement(Action=["ses:SendRawEmail", "sqs:SendMessage"], Resource="*")))
    pack_config = {RULE.id: {"furtherActions": ["SES:sendrawemail"]}}
    (found,) = judge([RULE], [mail], pack_config=pack_config)
    assert "`sqs:SendMessage`" in found.message


@pytest.mark.parametrize("listed", ["ses:*", ["ses:*"], [8], [""]])
def test_further_actions_are_named_in_full(listed: object) -> None:
    """A wildcard would grow with AWS's list of actions, so it is a mistake."""
    (found,) = judge([RULE], [], pack_config={RULE.id: {"furtherActions": listed}})
    assert "`furtherActions`" in found.message


def template(kind: str, **properties: object) -> str:
    return json.dumps({"Resources": {"It": {"Type": kind, "Properties": properties}}})


DISGUISES = {
    "cloud-control": ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::IAM::User"}),
    "cloud-control-policy": (
        "aws:cloudcontrol/resource:Resource",
        {"typeName": "AWS::IAM::ManagedPolicy", "desiredState": '{"Users": ["ada"]}'},
    ),
    "cloud-control-policy-unknown": (
        "aws:cloudcontrol/resource:Resource",
        {"typeName": "AWS::IAM::ManagedPolicy", "desiredState": UNKNOWN},
    ),
    "extension": ("aws-native:index:ExtensionResource", {"type": "AWS::IAM::UserPolicy"}),
    "template": ("aws:cloudformation/stack:Stack", {"templateBody": template("AWS::IAM::Group")}),
    "template-joining": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": template("AWS::IAM::UserToGroupAddition")},
    ),
    "template-policy": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": template("AWS::IAM::Policy", Groups=["admins"])},
    ),
    "template-escaped": (
        "aws:cloudformation/stack:Stack",
        {"templateBody": template("AWS::IAM::\u0055ser").replace("\\\\", "\\")},
    ),
    "bridged": ("aws:index/iamUserPolicyAttachment:IamUserPolicyAttachment", {"user": "ada"}),
    "bridged-policy": ("awscc:index/iamManagedPolicy:IamManagedPolicy", {"users": ["ada"]}),
    "renamed": ("aws-fork:iam/userPolicy:UserPolicy", {"user": "ada"}),
    "terraform-module": ("people:tf:aws_iam_user_policy_attachment", {}),
    "kubernetes-controller": ("kubernetes:iam.services.k8s.aws/v1alpha1:User", {"spec": {}}),
    "crossplane": ("kubernetes:iam.aws.upbound.io/v1beta1:UserPolicyAttachment", {"spec": {}}),
}


@pytest.mark.parametrize(("kind", "inputs"), DISGUISES.values(), ids=DISGUISES)
def test_refuses_users_and_groups_that_cannot_be_judged(kind: str, inputs: dict[str, Any]) -> None:
    """What is made by way of another service or provider is not seen, so it is refused."""
    (found,) = judge([RULE], [Res(kind, "it", inputs)])
    assert "cannot be judged" in found.message


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        pytest.param(
            "aws:cloudformation/stack:Stack",
            {"templateBody": template("AWS::IAM::Policy", Roles=["ci"], SecurityGroups=[])},
            id="policy-of-a-role",
        ),
        pytest.param(
            "aws:cloudcontrol/resource:Resource",
            {"typeName": "AWS::IAM::Role", "desiredState": '{"RoleName": "Users"}'},
            id="role",
        ),
        pytest.param("awscc:index/iamManagedPolicy:IamManagedPolicy", {"roles": ["ci"]}, id="bridged-policy"),
        pytest.param("people:tf:aws_iam_role_policy_attachment", {}, id="terraform-modules-role"),
        pytest.param("gcp:index/iamPolicy:IamPolicy", {}, id="another-cloud"),
    ],
)
def test_accepts_roles_of_other_services(kind: str, inputs: dict[str, Any]) -> None:
    """Roles are not the rule's concern, whoever makes them."""
    assert judge([RULE], [Res(kind, "it", inputs)]) == []


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
