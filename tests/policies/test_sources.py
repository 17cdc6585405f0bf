"""An unknown value is taken for another resource's only where nothing else can have made it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.judging.rule import Rule
from policies.rules import access_key_slots, user_policy_least_privilege
from tests.policies.engine import UNKNOWN, Res, judge, urn

STAFF = Res("aws:iam/group:Group", "staff", {}, {"name": UNKNOWN})
OTHERS = Res("aws:iam/group:Group", "others", {}, {"name": UNKNOWN})
ADA = Res("aws:iam/user:User", "ada", {}, {"name": UNKNOWN})
POLICY = Res(
    "aws:iam/policy:Policy",
    "p",
    {"policy": json.dumps({"Version": "2012-10-17", "Statement": []})},
    {"arn": UNKNOWN},
)
# What is only read, or made by a provider that the pack knows nothing of: the engine shows it to no pack.
UNSEEN = urn("aws:iam/group:Group", "read")


def member(*groups: str, links: list[str]) -> Res:
    kind = "aws:iam/userGroupMembership:UserGroupMembership"
    return Res(kind, "m", {"user": "ada", "groups": list(groups)}, links={"groups": links})


def native_user(*arns: str, links: list[str]) -> Res:
    return Res(
        "aws-native:iam:User", "u", {"managedPolicyArns": list(arns)}, links={"managedPolicyArns": links}
    )


def attachment(links: list[str]) -> Res:
    kind = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
    return Res(kind, "a", {"user": "ada", "policyArn": UNKNOWN}, links={"policyArn": links})


def key(links: list[str]) -> Res:
    return Res("aws:iam/accessKey:AccessKey", "k", {"user": UNKNOWN}, links={"user": links})


PEOPLE = user_policy_least_privilege.judge
KEYS = access_key_slots.judge


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        pytest.param(PEOPLE, member(UNKNOWN, links=[STAFF.urn]), id="group"),
        pytest.param(PEOPLE, member(UNKNOWN, UNKNOWN, links=[STAFF.urn, OTHERS.urn]), id="two-groups"),
        pytest.param(PEOPLE, native_user(UNKNOWN, links=[POLICY.urn]), id="native"),
        pytest.param(PEOPLE, attachment([POLICY.urn]), id="attachment"),
        pytest.param(KEYS, key([ADA.urn]), id="key"),
    ],
)
def test_one_link_for_each_unknown_passes(rule: Rule, resource: Res) -> None:
    """That is what `group.name` and `policy.arn` look like on a first preview."""
    assert judge([rule], [STAFF, OTHERS, ADA, POLICY, resource]) == []


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        pytest.param(PEOPLE, member(UNKNOWN, UNKNOWN, links=[STAFF.urn]), id="one-link-for-two"),
        pytest.param(PEOPLE, member(UNKNOWN, UNKNOWN, links=[STAFF.urn, UNSEEN]), id="group-unseen"),
        pytest.param(PEOPLE, member(UNKNOWN, links=[STAFF.urn, UNSEEN]), id="two-links-for-one"),
        pytest.param(PEOPLE, native_user(UNKNOWN, UNKNOWN, links=[POLICY.urn]), id="native"),
        pytest.param(PEOPLE, attachment([POLICY.urn, UNSEEN]), id="attachment"),
        pytest.param(KEYS, key([ADA.urn, UNSEEN]), id="key"),
    ],
)
def test_anything_else_is_refused(rule: Rule, resource: Res) -> None:
    """A value that is made of more than it may name anything."""
    found: list[Any] = judge([rule], [STAFF, OTHERS, ADA, POLICY, resource])
    assert {one.urn for one in found} == {resource.urn}
