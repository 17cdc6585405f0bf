"""organization-policy-denies-outside: start sealed, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from policies.rules import organization_policy_denies_outside
from s3_perimeter import AddressSet, AlsoExempt, Perimeter, resource_control_policy
from tests.policies.engine import UNKNOWN, Res, Verdict, judge
from tests.policies.programs import ALLOWED, CONFIG, bucket, document, text

RULE = organization_policy_denies_outside.judge
OFFICE = Perimeter("*", AddressSet.parse(ALLOWED))
LOGGING = "logging.s3.amazonaws.com"
EXEMPT = {"services": [LOGGING], "forwardAccess": True, "principalTag": "exempt"}
ASKED = AlsoExempt((LOGGING,), forward_access=True, principal_tag="exempt")


def fence(**changed: Any) -> dict[str, Any]:
    """The Deny of everything from outside; `changed` replaces its elements."""
    return {
        "Sid": "Outside",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": ALLOWED}},
        **changed,
    }


def policy(content: object, **changed: Any) -> Res:
    """A declared resource control policy."""
    inputs = {"name": "fence", "type": "RESOURCE_CONTROL_POLICY", "content": content}
    return Res("aws:organizations/policy:Policy", "fence", inputs | changed)


def native(content: object) -> Res:
    """The same, of the other provider."""
    inputs = {"name": "fence", "type": "RESOURCE_CONTROL_POLICY", "content": content}
    return Res("aws-native:organizations:Policy", "fence", inputs)


def judged(*resources: Res, **more: Any) -> list[Verdict]:
    """What the rule says of them in a stack with an allow-list."""
    return judge([RULE], resources, **({"config": CONFIG} | more))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(resource_control_policy([OFFICE]), id="built"),
        pytest.param(resource_control_policy([replace(OFFICE, bucket="acme-*")]), id="built-by-pattern"),
        pytest.param(text(fence()), id="text"),
        pytest.param(text(fence(Action="s3:DeleteBucket", Condition={})), id="not-about-networks"),
        pytest.param(text(fence(Action="sqs:*")), id="not-about-buckets"),
        pytest.param(
            text({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}), id="full-access"
        ),
    ],
)  # fmt: skip
def test_accepts_what_is_sealed_or_about_something_else(content: str) -> None:
    assert judged(policy(content)) == []
    assert judged(native(json.loads(content))) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(text(fence(Condition={"NotIpAddress": {"aws:SourceIp": [*ALLOWED, "8.8.8.0/24"]}})),
                     "8.8.8.", id="wider-list"),
        pytest.param(text(fence(Action=["s3:Get*", "s3:List*"])), "request that gets through", id="actions"),
        pytest.param(text(fence(Resource="arn:aws:s3:::acme/*")), "arn:aws:s3:::acme ", id="objects"),
        pytest.param(text(fence(Condition={"IpAddress": {"aws:SourceIp": "8.8.8.8/32"}})),
                     "request that gets through", id="a-list-of-the-denied"),
        pytest.param(
            text(fence(Condition={
                "NotIpAddress": {"aws:SourceIp": ALLOWED}, "Bool": {"aws:ViaAWSService": "false"},
            })), "(forward-access)", id="forward-access"),
        pytest.param(text(fence(Condition={"NotIpAddress": {"aws:SourceIp": ALLOWED[0]}})),
                     "2001:db8:1234::/48 cannot", id="shuts-out"),
        pytest.param(text(fence(Action="*")), "AWS would reject it", id="every-action"),
        pytest.param(text(fence(Effect="Allow")), "AWS would reject it", id="allow"),
        pytest.param(text(fence(Sid="x" * 5120)), "AWS would reject it", id="too-long"),
        pytest.param(json.dumps(document(fence())) + " " * 5000, "white space included", id="white-space"),
        pytest.param(UNKNOWN, "not known during preview", id="unknown"),
        pytest.param("", "its policy is empty", id="empty"),
        pytest.param(
            text(fence(Condition={
                "NotIpAddress": {"aws:SourceIp": ALLOWED},
                "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"},
            })), "cannot be proved", id="undecided"),
    ],
)  # fmt: skip
def test_refuses_what_is_not(content: object, said: str) -> None:
    (found,) = judged(policy(content))
    assert said in found.message
    assert found.urn.endswith("::fence")


@pytest.mark.parametrize("kind", ["SERVICE_CONTROL_POLICY", "TAG_POLICY"])
def test_other_types_of_policies_are_nobody_s_business_here(kind: str) -> None:
    assert judged(policy("{}", type=kind)) == []


def test_the_providers_default_type_is_another() -> None:
    assert judged(Res("aws:organizations/policy:Policy", "scp", {"content": "{}"})) == []


def test_a_type_that_is_not_known_is_refused() -> None:
    (found,) = judged(policy(text(fence()), type=UNKNOWN))
    assert "its type is not known" in found.message


@pytest.mark.parametrize(
    ("config", "pack", "accepted"),
    [
        pytest.param({}, {}, False, id="nowhere"),
        pytest.param({"s3-perimeter:exempt": json.dumps(EXEMPT)}, {}, True, id="stack-config"),
        pytest.param({}, {"exempt": EXEMPT}, True, id="pack"),
        pytest.param(
            {"s3-perimeter:exempt": json.dumps(EXEMPT)}, {"exempt": {"services": [LOGGING]}}, False,
            id="the-pack-goes-first",
        ),
        pytest.param(
            {"s3-perimeter:exempt": json.dumps(EXEMPT | {"principalTag": "x"})}, {}, False, id="another-tag"
        ),
    ],
)  # fmt: skip
def test_only_those_are_exempt_whom_the_config_exempts(
    config: dict[str, str], pack: dict[str, Any], accepted: bool
) -> None:
    declared = policy(resource_control_policy([OFFICE], exempt=ASKED))
    found = judged(declared, config=CONFIG | config, pack_config={RULE.id: pack})
    assert (found == []) is accepted


def test_the_config_of_an_organization_s_stack_is_no_mistake() -> None:
    """Its own keys are read by nobody else."""
    config = CONFIG | {
        "s3-perimeter:targets": '["ou-ab12-11111111"]',
        "s3-perimeter:buckets": '["acme-*"]',
        "s3-perimeter:policyName": "x",
    }
    assert judged(policy(resource_control_policy([OFFICE])), config=config) == []


def test_an_exemption_that_cannot_be_read_refuses() -> None:
    (found,) = judged(policy(text(fence())), pack_config={RULE.id: {"exempt": {"service": []}}})
    assert "`service` is not a known field" in found.message


def test_without_an_allow_list_it_is_refused() -> None:
    (found,) = judged(policy(text(fence())), config={})
    assert "there is no allow-list" in found.message


def test_a_bucket_next_to_it_is_still_judged_by_its_own_policy() -> None:
    """This rule has nothing to say of buckets."""
    assert judged(policy(resource_control_policy([OFFICE])), bucket()) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:VpceOrgID", "o-a1b2c3d4e5"),
        ("aws:vpceaccount", "444455556666"),
        ("aws:SourceVpcArn", "arn:aws:ec2:us-east-1:444455556666:vpc/vpc-0a1b2c3d4e5f67890"),
    ],
)
def test_a_deny_by_the_owner_of_an_endpoint_is_about_networks(key: str, value: str) -> None:
    """It allows all endpoints of an owner whom nobody exempts, and locks the allow-list out."""
    found = judged(policy(text(fence(Condition={"StringNotEquals": {key: value}}))))
    assert any("(vpc-endpoint)" in each.message for each in found)
    assert any("it locks out" in each.message for each in found)
