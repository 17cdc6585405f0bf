"""role-least-privilege: start with a role that is fine, break one thing, expect one message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.rules import role_least_privilege
from s3_perimeter import AddressSet, Perimeter
from s3_perimeter.principals import Principal
from s3_perimeter.trust import trust_policy
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import ALLOWED, CONFIG, NAME, bucket, native_bucket

RULE = role_least_privilege.judge
ARN = f"arn:aws:s3:::{NAME}"
IAM = "arn:aws:iam::111122223333:"
POLICY_ARN = f"{IAM}policy/p"
GITHUB = "token.actions.githubusercontent.com"
READS = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [ARN, f"{ARN}/*"]}


def text(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusts(principal: object, action: object = "sts:AssumeRole", **more: object) -> str:
    return text({"Effect": "Allow", "Principal": principal, "Action": action, **more})


PEOPLE = trusts({"AWS": f"{IAM}role/sign-in"})


def role(trust: object = PEOPLE, **properties: Any) -> Res:
    return Res("aws:iam/role:Role", "r", {"name": "analyst", "assumeRolePolicy": trust, **properties})


def inline(policy: object, **properties: Any) -> Res:
    return Res("aws:iam/rolePolicy:RolePolicy", "p", {"role": "analyst", "policy": policy, **properties})


def managed(policy: object) -> Res:
    return Res("aws:iam/policy:Policy", "p", {"policy": policy}, {"arn": POLICY_ARN})


def attach(kind: str = "RolePolicyAttachment", **properties: object) -> Res:
    given = properties or {"role": "analyst", "policyArn": POLICY_ARN}
    return Res(f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}", "a", given)


TOO_MUCH = text(READS, {"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": ARN})


def given_as(form: str, policy: str) -> list[Res]:
    """A role that gets a policy in this form."""
    document = json.loads(policy)
    forms = {
        "inline": [role(), inline(policy)],
        "linked": [
            role(),
            Res(
                "aws:iam/rolePolicy:RolePolicy",
                "p",
                {"role": UNKNOWN, "policy": policy},
                links={"role": [role().urn]},
            ),
        ],
        "own": [role(inlinePolicies=[{"name": "p", "policy": policy}])],
        "attached": [role(), managed(policy), attach()],
        "attached-exclusively": [
            role(),
            managed(policy),
            attach("RolePolicyAttachmentsExclusive", roleName="analyst", policyArns=[POLICY_ARN]),
        ],
        "attached-to-several": [
            role(),
            managed(policy),
            attach("PolicyAttachment", roles=["analyst"], policyArn=POLICY_ARN),
        ],
        "own-list": [role(managedPolicyArns=[POLICY_ARN]), managed(policy)],
        "native": [
            Res(
                "aws-native:iam:Role",
                "r",
                {
                    "roleName": "analyst",
                    "assumeRolePolicyDocument": json.loads(PEOPLE),
                    "policies": [{"policyName": "p", "policyDocument": document}],
                },
            )
        ],
        "native-inline": [
            role(),
            Res("aws-native:iam:RolePolicy", "p", {"roleName": "analyst", "policyDocument": document}),
        ],
        "native-managed": [
            role(),
            Res("aws-native:iam:ManagedPolicy", "p", {"roles": ["analyst"], "policyDocument": document}),
        ],
    }
    return forms[form]


FORMS = [
    "inline",
    "linked",
    "own",
    "attached",
    "attached-exclusively",
    "attached-to-several",
    "own-list",
    "native",
    "native-inline",
    "native-managed",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_roles_policy_is_judged_in_every_form(form: str) -> None:
    """What only reads passes; what can take the fence down is refused, with the role's name."""
    assert judge([RULE], [bucket(), *given_as(form, text(READS))]) == []
    (found,) = judge([RULE], [bucket(), *given_as(form, TOO_MUCH)])
    assert "of role `r`: it allows `s3:PutBucketPolicy`, which is not an action on data" in found.message


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        pytest.param({**READS, "Action": "s3:*"}, "it allows `s3:*`, which grows with", id="everything"),
        pytest.param(
            {**READS, "Resource": [ARN, f"{ARN}/*", "arn:aws:s3:::another/*"]},
            "`another` is a bucket that this program does not declare",
            id="another bucket",
        ),
        pytest.param(
            {**READS, "Action": ["s3:GetObject", "sts:AssumeRole"]},
            "it allows `sts:AssumeRole`",
            id="chaining",
        ),
        pytest.param(
            {"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": ARN}, "by exception", id="inverted"
        ),
    ],
)
def test_a_role_gets_no_more_than_a_user(policy: dict[str, Any], says: str) -> None:
    """The same words say the same thing of both."""
    (found,) = judge([RULE], [bucket(), role(), inline(text(policy))])
    assert says in found.message


def test_the_organization_may_name_further_actions() -> None:
    """Each in full, in this rule's settings."""
    program = [bucket(), role(), inline(text({**READS, "Action": ["s3:GetObject", "ses:SendRawEmail"]}))]
    (found,) = judge([RULE], program)
    assert "if roles may have it" in found.message
    settings = {RULE.id: {"furtherActions": ["ses:SendRawEmail"]}}
    assert judge([RULE], program, pack_config=settings) == []


@pytest.mark.parametrize(
    ("arn", "says"),
    [
        (
            "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            "`arn:aws:iam::aws:policy/AmazonS3FullAccess`, a policy",
        ),
        (UNKNOWN, "it gets one not known yet"),
    ],
    ids=["AWS's own", "unknown"],
)
def test_a_policy_made_elsewhere_is_refused_next_to_ones_own(arn: str, says: str) -> None:
    """Nothing here shows what it gives."""
    program = [bucket(), role(), inline(text(READS)), attach(role="analyst", policyArn=arn)]
    (found,) = judge([RULE], program)
    assert says in found.message


@pytest.mark.parametrize(
    "program",
    [
        pytest.param([role(trusts({"Service": "lambda.amazonaws.com"})), inline(TOO_MUCH)], id="a service's"),
        pytest.param([role(), inline(TOO_MUCH, role="another")], id="another role's policy"),
        pytest.param(
            [role(), inline(text({"Effect": "Allow", "Action": "*", "Resource": "*"}))], id="administrator"
        ),
        pytest.param(
            [role(), inline(TOO_MUCH.replace(NAME, f"{NAME}-2"))], id="a bucket of a longer name, elsewhere"
        ),
        pytest.param([role(), attach(role="analyst", policyArn=f"{IAM}policy/elsewhere")], id="unseen"),
        pytest.param([inline(TOO_MUCH)], id="a role of another deployment"),
    ],
)
def test_roles_that_are_not_for_people_of_the_bucket_pass(program: list[Res]) -> None:
    """Services' roles, administrators' and those of others are none of this rule's concern."""
    assert judge([RULE], [bucket(), *program]) == []


def test_the_declared_way_back_in_administers_the_bucket() -> None:
    """A break-glass role has to be able to change the bucket's policy."""
    config = {**CONFIG, "s3-perimeter:breakGlassPrincipals": json.dumps([f"{IAM}role/analyst"])}
    program = [bucket(), role(), inline(TOO_MUCH)]
    assert judge([RULE], program, config=config) == []
    assert judge([RULE], program, config=CONFIG)


@pytest.mark.parametrize(
    "trust",
    [
        pytest.param(PEOPLE, id="a role"),
        pytest.param(json.loads(PEOPLE), id="an object"),
        pytest.param(trusts({"Federated": f"{IAM}saml-provider/idp"}, "sts:AssumeRoleWithSAML"), id="SAML"),
        pytest.param(
            trusts({"Federated": f"{IAM}oidc-provider/idp.example.com"}, "sts:AssumeRoleWithWebIdentity"),
            id="an OIDC provider of one's own",
        ),
        pytest.param(
            trusts(
                {"Federated": f"{IAM}oidc-provider/{GITHUB}"},
                "sts:AssumeRoleWithWebIdentity",
                Condition={"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}},
            ),
            id="named tokens of a shared issuer",
        ),
        pytest.param(
            trusts({"AWS": f"{IAM}root"}, Condition={"ArnLike": {"aws:PrincipalArn": f"{IAM}role/x_*"}}),
            id="an account, narrowed down",
        ),
        pytest.param(
            trust_policy(
                Perimeter("b", AddressSet.parse(ALLOWED)),
                [
                    found
                    for arn in (
                        f"{IAM}user/ana",
                        f"{IAM}saml-provider/idp",
                        f"{IAM}oidc-provider/idp.example.com",
                        f"{IAM}role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Analyst_*",
                        "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/"
                        "11111111-2222-3333-4444-555555555555",
                    )
                    if (found := Principal.parse(arn))
                ],
            ),
            id="all that the component writes",
        ),
    ],
)
def test_named_principals_may_assume_the_role(trust: object) -> None:
    """In every way in which a principal can be named."""
    assert judge([RULE], [bucket(), role(trust), inline(text(READS))]) == []


@pytest.mark.parametrize(
    ("trust", "says"),
    [
        pytest.param(trusts("*"), "it trusts everybody, in every account", id="everybody"),
        pytest.param(trusts({"AWS": "*"}), "it trusts everybody, in every account", id="every AWS principal"),
        pytest.param(
            trusts({"AWS": "*"}, Condition={"ArnLike": {"aws:PrincipalArn": "*"}}),
            "it trusts everybody, in every account",
            id="everybody, by a condition that all meet",
        ),
        pytest.param(
            trusts({"AWS": "*"}, Condition={"ArnNotLike": {"aws:PrincipalArn": f"{IAM}role/eve"}}),
            "it trusts everybody, in every account",
            id="everybody but one",
        ),
        pytest.param(
            trusts({"AWS": f"{IAM}root"}), "it trusts everybody in account 111122223333", id="an account"
        ),
        pytest.param(
            trusts({"AWS": ["111122223333"]}), "it trusts everybody in account 111122223333", id="its number"
        ),
        pytest.param(
            trusts({"AWS": f"{IAM}root"}, Condition={"ArnLike": {"aws:PrincipalArn": f"{IAM}role/*"}}),
            "it trusts everybody in account 111122223333",
            id="every role of an account",
        ),
        pytest.param(
            text({"Effect": "Allow", "NotPrincipal": {"AWS": f"{IAM}root"}, "Action": "sts:AssumeRole"}),
            "it trusts everybody but those that it names",
            id="by exception",
        ),
        pytest.param(
            trusts({"AWS": f"{IAM}role/sign-in"}, "sts:*"),
            "it allows more than assuming the role",
            id="every action",
        ),
        pytest.param(
            text(
                {"Effect": "Allow", "Principal": {"AWS": f"{IAM}role/sign-in"}, "NotAction": "sts:TagSession"}
            ),
            "it allows more than assuming the role",
            id="actions by exception",
        ),
        pytest.param(
            trusts({"Federated": f"{IAM}oidc-provider/{GITHUB}"}, "sts:AssumeRoleWithWebIdentity"),
            f"it trusts every token of `{GITHUB}`",
            id="a shared issuer",
        ),
        pytest.param(
            trusts(
                {"Federated": f"{IAM}oidc-provider/{GITHUB}"},
                "sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                    "StringLike": {f"{GITHUB}:sub": "*"},
                },
            ),
            f"it trusts every token of `{GITHUB}`",
            id="a shared issuer, narrowed to all",
        ),
        pytest.param(
            trusts({"Service": "rolesanywhere.amazonaws.com"}),
            "it trusts every trust anchor of the account",
            id="every anchor",
        ),
        pytest.param(UNKNOWN, "it is not known during preview", id="unknown"),
        pytest.param("papers", "it cannot be judged", id="no document"),
    ],
)
def test_a_trust_that_names_nobody_in_particular_is_refused(trust: object, says: str) -> None:
    """One message, at the role, that says who has access."""
    (found,) = judge([RULE], [bucket(), role(trust), inline(text(READS))])
    assert found.urn == role().urn
    assert f"trust policy of role `r`: {says}" in found.message


def test_a_native_bucket_is_a_bucket_of_the_deployment_too() -> None:
    """Whichever provider makes it."""
    assert judge([RULE], [native_bucket(), role(), inline(TOO_MUCH)])
