"""Roles of remote people: assumed from the allow-list, with policies that fit, and nobody's keys change."""

import json

import pulumi
import pulumi_aws as aws
import pytest

from components import PrivateBucket, stack_spec
from tests.components.engine import ACCOUNT, REGION, run
from tests.components.test_private_bucket import ALLOWED, declare, main_parts

IAM = f"arn:aws:iam::{ACCOUNT}:"
IDP = f"{IAM}saml-provider/idp"
ANALYST = {"name": "analyst", "assumed_by": [IDP]}


def test_a_role_is_declared_like_a_user_and_without_a_key() -> None:
    """One role, one managed policy of the access levels and the prefix, one attachment."""
    role = {**ANALYST, "access": ["list", "read"], "prefix": "reports/", "max_session_hours": 8}
    program = declare(users=[], roles=[role])
    declared = program.one("Role")
    assert declared.inputs["name"] == "s3-perimeter-test-data-analyst"
    assert declared.inputs["maxSessionDuration"] == 8 * 3600
    policy = program.one("Policy")
    listing = next(
        each for each in json.loads(policy.inputs["policy"])["Statement"] if each["Sid"] == "Listing"
    )
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "reports/*"}}
    assert program.one("RolePolicyAttachment").inputs["role"] == declared.inputs["name"]
    assert not program.all("AccessKey")
    assert not program.all("User")


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
def test_the_trust_policy_is_known_and_carries_the_allow_list(preview: bool) -> None:
    """The pack and a reader see at the first preview who may assume the role, and from where."""
    trust = json.loads(declare(preview, users=[], roles=[ANALYST]).one("Role").inputs["assumeRolePolicy"])
    allow, deny = trust["Statement"]
    assert (allow["Effect"], allow["Principal"]) == ("Allow", {"Federated": IDP})
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Condition"]["NotIpAddress"] == {"aws:SourceIp": ALLOWED}


def test_the_fence_stands_before_a_role_and_outlives_it() -> None:
    """Nobody gets a session before the bucket is closed to the outside."""
    program = declare(users=[], roles=[ANALYST])
    for part in main_parts(program).values():
        if part.type.startswith("aws:s3/"):
            assert program.comes_after(program.one("Role"), part), part.type


def test_roles_that_share_levels_and_prefix_share_a_policy() -> None:
    """Their policy is apart from that of users who have the same, which stays as it is."""
    alone = declare(users=[{"name": "kenji"}])
    roles = [ANALYST, {**ANALYST, "name": "auditor"}, {**ANALYST, "name": "reader", "access": ["read"]}]
    both = declare(users=[{"name": "kenji"}], roles=roles)
    assert {each.urn for each in alone.resources} <= {each.urn for each in both.resources}
    names = [each.inputs["name"] for each in both.all("Policy")]
    assert sorted(names) == [
        "s3-perimeter-test-data-list-read-write",
        "s3-perimeter-test-data-roles-list-read-write",
        "s3-perimeter-test-data-roles-read",
    ]
    assert len(both.all("RolePolicyAttachment")) == 3


def test_without_roles_nothing_new_is_declared() -> None:
    """A stack that has none stays exactly as it was."""
    assert not [each for each in declare().resources if "role" in each.type.lower()]


def test_a_role_of_the_stacks_config_is_the_same_as_one_of_arguments() -> None:
    """Config and arguments are read by one reader."""
    config = {
        "s3-perimeter:allowedNetworks": json.dumps(ALLOWED),
        "s3-perimeter:users": "[]",
        "s3-perimeter:roles": json.dumps([{"name": "analyst", "assumedBy": [IDP], "maxSessionHours": 2}]),
        "s3-perimeter:protect": "false",
    }
    configured = run(lambda: PrivateBucket("data", stack_spec()), config=config).one("Role").inputs
    given = declare(users=[], roles=[{**ANALYST, "max_session_hours": 2.0}]).one("Role").inputs
    assert configured["assumeRolePolicy"] == given["assumeRolePolicy"]
    assert configured["maxSessionDuration"] == given["maxSessionDuration"] == 7200


def test_the_outputs_name_the_roles() -> None:
    """By the name in the config, each with its ARN."""
    seen: list[object] = []

    def program() -> None:
        args = {"allowed_networks": ALLOWED, "users": [], "roles": [ANALYST]}
        bucket = PrivateBucket("data", args)  # type: ignore[call-overload]
        pulumi.Output.all(bucket.roles, bucket.users, bucket.commands).apply(seen.extend)

    run(program)
    assert seen[:2] == [{"analyst": "arn:aws:x:::data-roles-analyst"}, {}]
    bucket = f"s3://s3-perimeter-test-data-{ACCOUNT}"
    assert isinstance(seen[2], list)
    assert seen[2][0] == "perimeter credentials --role analyst --profile analyst"
    assert all(each.endswith("--profile analyst") for each in seen[2])
    assert f"aws s3 ls {seen[2][2].split()[3]}" in seen[2][2], (bucket, REGION)


def test_the_allow_list_of_a_role_may_come_from_other_resources() -> None:
    """Where an address is known only later, so is the trust policy."""

    def program() -> None:
        address = aws.ec2.Eip("office", opts=pulumi.ResourceOptions()).public_ip
        del address
        later = pulumi.Output.from_input("203.0.113.0/24")
        args = {"allowed_networks": [later], "users": [], "roles": [ANALYST]}
        PrivateBucket("data", args)  # type: ignore[call-overload]

    trust = json.loads(run(program).one("Role").inputs["assumeRolePolicy"])
    assert trust["Statement"][-1]["Condition"]["NotIpAddress"] == {"aws:SourceIp": "203.0.113.0/24"}


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        pytest.param(
            [{"name": "analyst", "assumed_by": ["*"]}],
            "argument `roles`, entry 1, `assumedBy`, entry 1: `*` has a wildcard or variable",
            id="everybody",
        ),
        pytest.param(
            [{**ANALYST, "name": "a" * 60}],
            "IAM takes 64 characters as a role's name, and these have more: "
            f"`s3-perimeter-test-data-{'a' * 60}` (83)",
            id="a name that IAM would refuse",
        ),
    ],
)
def test_mistakes_are_reported_before_anything_is_declared(roles: list[object], says: str) -> None:
    """Nothing is deployed, and the message names the argument."""
    messages: list[str] = []
    args = {"allowed_networks": ALLOWED, "users": [], "roles": roles}
    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: PrivateBucket("data", args), messages=messages)  # type: ignore[call-overload]
    assert any(says in each for each in [*messages, str(caught.value)])


def test_a_trust_policy_that_needs_a_raised_quota_is_warned_of_and_a_larger_one_refused() -> None:
    """IAM's own refusal would come in the middle of the deployment."""
    scattered = [f"203.0.113.{host}/32" for host in range(0, 256, 2)]
    program = declare(allowed_networks=scattered[:100], users=[], roles=[ANALYST])
    assert any("IAM accepts 2,048 unless the account's quota is raised" in each for each in program.messages)
    with pytest.raises(pulumi.RunError, match=r"role `analyst`: the trust policy has .* IAM accepts 4,096"):
        declare(
            allowed_networks=[*scattered, *(f"203.0.112.{h}/32" for h in range(0, 256, 2))], roles=[ANALYST]
        )
