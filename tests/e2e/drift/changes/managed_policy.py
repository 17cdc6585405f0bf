"""Changes to the managed policy, and to who else may reach the bucket."""

from __future__ import annotations

import json

from tests.e2e.drift.changes.mutation import Target, Undo, mutation, new_name, new_version


@mutation("policy-document", "critical", "changed")
def managed_policy_widened(t: Target) -> Undo:
    return new_version(
        t,
        lambda document: document["Statement"].append(
            {"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": f"arn:aws:s3:::{t.bucket}"}
        ),
    )


@mutation("policy-document", "medium", "changed")
def managed_policy_narrowed(t: Target) -> Undo:
    return new_version(t, lambda document: document["Statement"].pop())


@mutation("policy-document", "high", "changed")
def managed_policy_widened_by_a_resource(t: Target) -> Undo:
    return new_version(t, lambda document: document["Statement"][0].update(Resource="*"))


@mutation("policy-attachments", "high", "unmanaged")
def managed_policy_given_to_somebody_else(t: Target) -> Undo:
    other = new_name("eve")
    t.iam.create_user(UserName=other)
    t.iam.attach_user_policy(UserName=other, PolicyArn=t.policy)

    def undo() -> None:
        t.iam.detach_user_policy(UserName=other, PolicyArn=t.policy)
        t.iam.delete_user(UserName=other)

    return undo


@mutation("policy-attachments", "high", "unmanaged")
def managed_policy_given_to_a_group(t: Target) -> Undo:
    group = new_name("crew")
    t.iam.create_group(GroupName=group)
    t.iam.attach_group_policy(GroupName=group, PolicyArn=t.policy)

    def undo() -> None:
        t.iam.detach_group_policy(GroupName=group, PolicyArn=t.policy)
        t.iam.delete_group(GroupName=group)

    return undo


@mutation("other-principals", "low", "unmanaged", strict=True)
def stranger_allowed_the_bucket(t: Target) -> Undo:
    other = new_name("mallory")
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": f"arn:aws:s3:::{t.bucket}/*"}],
    }
    t.iam.create_user(UserName=other)
    t.iam.put_user_policy(UserName=other, PolicyName="in", PolicyDocument=json.dumps(document))

    def undo() -> None:
        t.iam.delete_user_policy(UserName=other, PolicyName="in")
        t.iam.delete_user(UserName=other)

    return undo


@mutation("other-principals", "critical", "unmanaged", strict=True)
def new_administrator_made(t: Target) -> Undo:
    other = new_name("root")
    t.iam.create_user(UserName=other)
    t.iam.attach_user_policy(UserName=other, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")

    def undo() -> None:
        t.iam.detach_user_policy(UserName=other, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        t.iam.delete_user(UserName=other)

    return undo
