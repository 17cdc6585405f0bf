"""RemoteUsers: the people who may reach the bucket, with managed policies that they have alone or share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from s3_perimeter.settings import User

from .shares import policies

__all__ = ["RemoteUser", "RemoteUsers"]


class RemoteUser(pulumi.ComponentResource):
    """An IAM user without a console password, and an access key in each of its slots."""

    user: aws.iam.User
    """The IAM user."""

    access_key_ids: dict[str, pulumi.Output[str]]
    """The ids of the access keys, by slot."""

    secret_access_keys: dict[str, pulumi.Output[str]]
    """The secret parts of the access keys, by slot; secrets wherever they go."""

    def __init__(
        self,
        name: str,
        *,
        person: User,
        user_name: str,
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        permit: Callable[[aws.iam.User], Sequence[pulumi.Resource]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the user, what ``permit`` gives it, and last of all its keys.

        ``after`` is what must stand before the user and outlive it: the fence. A key exists only while its
        user is fenced and permitted.
        """
        super().__init__("s3-perimeter:index:RemoteUser", name, {}, opts)
        self.user = aws.iam.User(
            name,
            name=user_name,
            tags=dict(tags),
            # Whatever was added to the user by hand goes with it: a person who leaves keeps no key.
            force_destroy=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        permissions = permit(self.user)
        keys = {
            slot: aws.iam.AccessKey(
                f"{name}-{slot}",
                user=self.user.name,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[*after, *permissions]),
            )
            for slot in person.keys
        }
        self.access_key_ids = {slot: key.id for slot, key in keys.items()}
        self.secret_access_keys = {slot: pulumi.Output.secret(key.secret) for slot, key in keys.items()}
        self.register_outputs({"userName": self.user.name, "accessKeyIds": self.access_key_ids})


class RemoteUsers(pulumi.ComponentResource):
    """Remote people with programmatic access to one bucket.

    Each distinct set of access levels and prefix is one managed policy. Where one person has it, it is
    attached to the user; where several have it, to a group that they are members of.
    """

    users: dict[str, RemoteUser]
    """The users, by the name that stack config gives them."""

    def __init__(
        self,
        name: str,
        *,
        people: Sequence[User],
        bucket_arn: str,
        key_arn: str | None,
        name_prefix: str,
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the people; ``name_prefix`` begins every IAM name, ``after`` is the bucket's fence."""
        super().__init__("s3-perimeter:index:RemoteUsers", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        self.users = {}
        for share, policy, members in policies(name, name_prefix, people, bucket_arn, key_arn, tags, inside):
            group = None
            if len(members) > 1:
                group = _Group.of(f"{name}-{share.label}", f"{name_prefix}-{share.label}", policy, inside)
            for person in members:
                self.users[person.name] = RemoteUser(
                    f"{name}-{person.name}",
                    person=person,
                    user_name=f"{name_prefix}-{person.name}",
                    tags=tags,
                    after=after,
                    permit=partial(_permit, f"{name}-{person.name}", group or policy, inside),
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.users = {person.name: self.users[person.name] for person in people}
        self.register_outputs({"userNames": {name: each.user.name for name, each in self.users.items()}})


class _Group(NamedTuple):
    """A group, and the attachment of its policy."""

    group: aws.iam.Group
    attachment: aws.iam.GroupPolicyAttachment

    @classmethod
    def of(cls, name: str, group_name: str, policy: aws.iam.Policy, opts: pulumi.ResourceOptions) -> _Group:
        """Declare a group that has the policy."""
        group = aws.iam.Group(name, name=group_name, opts=opts)
        attachment = aws.iam.GroupPolicyAttachment(name, group=group.name, policy_arn=policy.arn, opts=opts)
        return cls(group, attachment)


def _permit(
    name: str, source: _Group | aws.iam.Policy, opts: pulumi.ResourceOptions, user: aws.iam.User
) -> list[pulumi.Resource]:
    """Give the user the policy, or make it a member of the group that has it; return what a key waits for."""
    if isinstance(source, _Group):
        membership = aws.iam.UserGroupMembership(name, user=user.name, groups=[source.group.name], opts=opts)
        return [source.attachment, membership]
    return [aws.iam.UserPolicyAttachment(name, user=user.name, policy_arn=source.arn, opts=opts)]
