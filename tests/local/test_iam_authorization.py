"""Requests to IAM are authorized on the resources and condition keys that IAM documents for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Aws

IAM = "arn:aws:iam::111122223333"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
)


@pytest.fixture
def team(aws: Aws) -> Iterator[None]:
    """A user and a group, both below the path ``/team/``; whatever a test made of them goes too."""
    iam = aws("iam")
    iam.create_user(UserName="tanaka", Path="/team/")
    iam.create_group(GroupName="readers", Path="/team/")
    yield
    for user in iam.get_group(GroupName="readers")["Users"]:
        iam.remove_user_from_group(GroupName="readers", UserName=user["UserName"])
    for policy in iam.list_attached_user_policies(UserName="tanaka")["AttachedPolicies"]:
        iam.detach_user_policy(UserName="tanaka", PolicyArn=policy["PolicyArn"])
    for made in iam.list_policies(Scope="Local", PathPrefix="/team/")["Policies"]:
        iam.delete_policy(PolicyArn=made["Arn"])
    for user in iam.list_users(PathPrefix="/team/")["Users"]:
        iam.delete_user(UserName=user["UserName"])
    iam.delete_group(GroupName="readers")


CREATE_POLICY = ("create_policy", {"PolicyName": "own", "Path": "/team/", "PolicyDocument": DOCUMENT})
JOIN = ("add_user_to_group", {"GroupName": "readers", "UserName": "tanaka"})
ATTACH = ("attach_user_policy", {"UserName": "tanaka", "PolicyArn": READ_ONLY})
CREATE_USER = ("create_user", {"UserName": "sato", "Path": "/team/", "PermissionsBoundary": READ_ONLY})


@pytest.mark.parametrize(
    ("call", "resource", "condition", "allowed"),
    [
        pytest.param(
            CREATE_POLICY, "policy/team/ow*", {}, True, id="a policy to be made, by its path and name"
        ),
        pytest.param(CREATE_POLICY, "policy/own", {}, False, id="a policy to be made, without its path"),
        pytest.param(CREATE_USER, "user/team/sato", {}, True, id="a user to be made, by path and name"),
        pytest.param(CREATE_USER, "user/sato", {}, False, id="a user to be made, without the path"),
        pytest.param(JOIN, "group/team/readers", {}, True, id="a membership is the group's"),
        pytest.param(JOIN, "user/team/tanaka", {}, False, id="a membership is not the user's"),
        pytest.param(ATTACH, "user/team/tanaka", {}, True, id="an existing user, by path and name"),
        pytest.param(ATTACH, "user/tanaka", {}, False, id="an existing user, without the path"),
        pytest.param(
            ATTACH, "user/team/*", {"ArnLike": {"iam:PolicyARN": READ_ONLY}}, True, id="the policy attached"
        ),
        pytest.param(
            ATTACH,
            "user/team/*",
            {"ArnLike": {"iam:PolicyARN": f"{IAM}:policy/*"}},
            False,
            id="another policy",
        ),
        pytest.param(
            CREATE_USER,
            "user/team/*",
            {"StringEquals": {"iam:PermissionsBoundary": READ_ONLY}},
            True,
            id="the boundary given",
        ),
        pytest.param(
            CREATE_USER,
            "user/team/*",
            {"StringEquals": {"iam:PermissionsBoundary": f"{IAM}:policy/own"}},
            False,
            id="another boundary",
        ),
    ],
)
@pytest.mark.usefixtures("team")
def test_who_may_change_one_thing_of_iam(
    aws: Aws,
    user: dict[str, str],
    call: tuple[str, dict[str, Any]],
    resource: str,
    condition: dict[str, Any],
    allowed: bool,
) -> None:
    """A user with that one right does it, or is refused."""
    operation, arguments = call
    statement = {
        "Effect": "Allow",
        "Action": "iam:*",
        "Resource": f"{IAM}:{resource}",
        "Condition": condition,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    admin = aws("iam")
    admin.put_user_policy(UserName=user["name"], PolicyName="one", PolicyDocument=document)
    own = aws("iam", aws_access_key_id=user["key"], aws_secret_access_key=user["secret"])
    try:
        getattr(own, operation)(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        assert not allowed
    else:
        assert allowed
    finally:
        admin.delete_user_policy(UserName=user["name"], PolicyName="one")
