"""The lives of what IAM has."""

from __future__ import annotations

from tests.local.provider.conftest import READ, TRUST
from tests.local.provider.lives.life import WRITE, Life


def token(name: str) -> str:
    """The token of a type of IAM."""
    return f"aws:iam/{name[0].lower()}{name[1:]}:{name}"


LIVES = [
    Life(
        token("User"),
        lambda t: {"name": f"new-{t.user}", "path": "/people/", "tags": {"a": "1"}, "forceDestroy": True},
        lambda _: {"tags": {"b": "2"}, "permissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        None,
        lambda aws, o: aws("iam").tag_user(UserName=o["name"], Tags=[{"Key": "by", "Value": "hand"}]),
        "tags",
        unknown=("arn", "uniqueId"),
        not_imported=frozenset({"forceDestroy"}),
    ),
    Life(
        token("Policy"),
        lambda t: {"name": f"new-{t.user}", "policy": READ, "description": "d", "tags": {"a": "1"}},
        lambda _: {"policy": WRITE, "tags": {}},
        lambda _: {"description": "another"},
        lambda aws, o: aws("iam").create_policy_version(
            PolicyArn=o["arn"], PolicyDocument=WRITE.replace("some", "any"), SetAsDefault=True
        ),
        "policy",
        unknown=("arn", "policyId"),
    ),
    Life(
        token("UserPolicy"),
        lambda t: {"name": "inline", "user": t.user, "policy": READ},
        lambda _: {"policy": WRITE},
        lambda t: {"user": t.other_user},
        lambda aws, o: aws("iam").put_user_policy(
            UserName=o["user"], PolicyName=o["name"], PolicyDocument=READ.replace("some", "any")
        ),
        "policy",
    ),
    Life(
        token("GroupPolicy"),
        lambda t: {"name": "inline", "group": t.group, "policy": READ},
        lambda _: {"policy": WRITE},
        lambda t: {"group": t.other_group},
    ),
    Life(
        token("RolePolicy"),
        lambda t: {"name": "inline", "role": t.role, "policy": READ},
        lambda _: {"policy": WRITE},
        lambda _: {"name": "inline-2"},
    ),
    Life(
        token("UserPolicyAttachment"),
        lambda t: {"user": t.user, "policyArn": t.policy},
        None,
        lambda t: {"policyArn": t.other_policy},
        import_id=lambda o, _: f"{o['user']}/{o['policyArn']}",
    ),
    Life(
        token("GroupPolicyAttachment"),
        lambda t: {"group": t.group, "policyArn": t.policy},
        None,
        lambda t: {"group": t.other_group},
        import_id=lambda o, _: f"{o['group']}/{o['policyArn']}",
    ),
    Life(
        token("RolePolicyAttachment"),
        lambda t: {"role": t.role, "policyArn": t.policy},
        None,
        lambda t: {"policyArn": t.other_policy},
        import_id=lambda o, _: f"{o['role']}/{o['policyArn']}",
    ),
    Life(token("Group"), lambda t: {"name": f"new-{t.group}"}, unknown=("arn", "uniqueId")),
    Life(
        token("UserGroupMembership"),
        lambda t: {"user": t.user, "groups": [t.group]},
        lambda t: {"groups": [t.other_group, t.group]},
        lambda t: {"user": t.other_user},
        import_id=lambda o, _: "/".join([o["user"], *o["groups"]]),
        stays=True,  # empty, as long as there is the user
    ),
    Life(
        token("AccessKey"),
        lambda t: {"user": t.user},
        lambda _: {"status": "Inactive"},
        lambda t: {"user": t.other_user},
        lambda aws, o: aws("iam").update_access_key(
            UserName=o["user"],
            AccessKeyId=aws("iam").list_access_keys(UserName=o["user"])["AccessKeyMetadata"][0][
                "AccessKeyId"
            ],
            Status="Inactive",
        ),
        "status",
        unknown=("secret", "createDate", "sesSmtpPasswordV4"),
    ),
    Life(
        token("Role"),
        lambda t: {"name": f"new-{t.role}", "assumeRolePolicy": TRUST, "description": "d"},
        lambda _: {"description": "e", "maxSessionDuration": 7200, "tags": {"a": "b"}},
        lambda _: {"path": "/deep/"},
        lambda aws, o: aws("iam").tag_role(RoleName=o["name"], Tags=[{"Key": "by", "Value": "hand"}]),
        "tags",
        unknown=("arn", "uniqueId"),
    ),
    Life(
        token("OpenIdConnectProvider"),
        lambda t: {"url": f"https://{t.user}.example.com", "clientIdLists": ["sts.amazonaws.com"]},
        None,
        lambda t: {"url": f"https://{t.user}.example.org"},
        unknown=("arn",),
    ),
]
