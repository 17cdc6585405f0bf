"""Remote people: users without a console, policies that fit, keys that come last."""

import json

import pulumi_aws as aws

from components.remote_users import RemoteUsers
from components.shares import shares
from s3_perimeter.settings import Access, User
from tests.components.engine import Program, run

READ = (Access.LIST, Access.READ)
WRITE = (Access.LIST, Access.READ, Access.WRITE)


def users(*people: User, preview: bool = False) -> Program:
    """A program that declares these people behind a fence of one resource."""

    def program() -> None:
        fence = aws.s3.BucketPolicy("fence", bucket="example-bucket", policy="{}")
        RemoteUsers(
            "users",
            people=people,
            bucket_arn="arn:aws:s3:::example-bucket",
            key_arn=None,
            name_prefix="s3-perimeter-test",
            tags={"team": "x"},
            after=[fence],
        )

    return run(program, preview=preview)


def test_one_person_gets_the_policy_directly() -> None:
    """With one user there is no group: the managed policy is attached to the user."""
    program = users(User("alice", READ))
    assert program.one("User").inputs["name"] == "s3-perimeter-test-alice"
    assert program.one("UserPolicyAttachment").inputs["user"] == "s3-perimeter-test-alice"
    assert not program.all("Group")


def test_several_people_with_the_same_access_share_a_group() -> None:
    """With several users the policy is attached to a group that all of them are members of."""
    program = users(User("alice", READ), User("bob", tuple(reversed(READ))))
    group = program.one("Group")
    assert program.one("GroupPolicyAttachment").inputs["group"] == group.inputs["name"]
    members = {each.inputs["user"]: each.inputs["groups"] for each in program.all("UserGroupMembership")}
    assert members == {
        "s3-perimeter-test-alice": [group.inputs["name"]],
        "s3-perimeter-test-bob": [group.inputs["name"]],
    }
    assert not program.all("UserPolicyAttachment")


def test_different_access_means_different_policies() -> None:
    """People with different levels or prefixes never share a policy, and no two have the same name."""
    program = users(
        User("alice", READ), User("bob", WRITE), User("carol", READ, "a/b"), User("dave", READ, "a-b")
    )
    policies = program.all("Policy")
    assert len({each.inputs["name"] for each in policies}) == len({each.name for each in policies}) == 4
    resources = {json.loads(each.inputs["policy"])["Statement"][-1]["Resource"] for each in policies}
    assert {f"arn:aws:s3:::example-bucket/{prefix}*" for prefix in ("", "a/b", "a-b")} == resources


def test_keys_come_last_and_go_first() -> None:
    """A key exists only behind the fence and with its permissions in place, for one and for several."""
    for people in ((User("alice", READ),), (User("alice", READ), User("bob", READ))):
        program = users(*people)
        fence = program.one("BucketPolicy")
        for resource in program.resources:
            if resource.type.startswith("aws:iam/"):
                assert program.comes_after(resource, fence), resource.name
        for key in program.all("AccessKey"):
            for kind in ("UserPolicyAttachment", "GroupPolicyAttachment"):
                assert all(program.comes_after(key, attachment) for attachment in program.all(kind))


def test_a_second_slot_adds_a_key_and_leaves_the_first() -> None:
    """Rotation adds a resource and touches none of those that were there."""
    before = users(User("alice", READ, keys=("a",)))
    after = users(User("alice", READ, keys=("a", "b")))
    assert {each.urn for each in before.resources} < {each.urn for each in after.resources}
    assert sorted(each.name for each in after.all("AccessKey")) == ["users-alice-a", "users-alice-b"]


def test_users_have_no_console_password() -> None:
    """Programmatic access only: nothing that lets a person sign in to the console is declared."""
    program = users(User("alice", READ))
    assert {each.type for each in program.resources if each.type.startswith("aws:iam/")} == {
        "aws:iam/user:User",
        "aws:iam/policy:Policy",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/accessKey:AccessKey",
    }


def test_the_secret_key_is_a_secret() -> None:
    """The secret access key is marked secret at its source and stays so in every output made of it."""
    answers: list[bool] = []

    async def program() -> None:
        declared = RemoteUsers(
            "users",
            people=[User("alice", READ)],
            bucket_arn="arn:aws:s3:::example-bucket",
            key_arn=None,
            name_prefix="p",
            tags={},
            after=[],
        )
        answers.append(await declared.users["alice"].secret_access_keys["a"].is_secret())

    assert "secret" in run(program).one("AccessKey").secrets
    assert answers == [True]


def test_the_policy_is_known_at_the_first_preview() -> None:
    """Before anything exists the managed policy's text is already there for the policy pack to judge."""
    policy = users(User("alice", WRITE), preview=True).one("Policy")
    assert "s3:GetObject" in policy.inputs["policy"]


def test_the_order_of_levels_does_not_matter() -> None:
    """Two people whose levels are written in another order share a policy."""
    assert len(shares([User("a", READ), User("b", (Access.READ, Access.LIST))])) == 1
