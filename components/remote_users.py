"""RemoteUsers: the people who may reach the bucket, with managed policies that they have alone or share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from components.access_levels import ACCESS_LEVELS, user_policy
from components.remote_user import RemoteUser
from s3_perimeter.settings import User

__all__ = ["RemoteUsers", "Share", "shares"]

_READABLE = 24
"""Characters of a prefix that a resource's name keeps for the reader."""

_DIGEST = 6
"""Hexadecimal digits that tell two prefixes apart which read alike."""


class Share(NamedTuple):
    """What several people may have in common: access levels and a prefix."""

    levels: tuple[str, ...]
    prefix: str

    @property
    def label(self) -> str:
        """The share's name in resource names."""
        words = "-".join(self.levels)
        if not self.prefix:
            return words
        readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in self.prefix).strip("-")
        digest = hashlib.sha256(self.prefix.encode()).hexdigest()[:_DIGEST]
        return "-".join(part for part in (words, readable[:_READABLE], digest) if part)


def shares(people: Sequence[User]) -> dict[Share, list[User]]:
    """Return the people by what they share; the levels' order in stack config makes no difference."""
    found: dict[Share, list[User]] = {}
    for person in people:
        levels = tuple(level for level in ACCESS_LEVELS if level in person.access)
        found.setdefault(Share(levels, person.prefix or ""), []).append(person)
    return found


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
        self._stem = name
        self._name_prefix = name_prefix
        self._tags = dict(tags)
        self._after = list(after)
        self.users = {
            person.name: RemoteUser(
                f"{name}-{person.name}",
                person=person,
                user_name=f"{name_prefix}-{person.name}",
                tags=self._tags,
                after=self._after,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for person in people
        }
        for share, members in shares(people).items():
            self._permit(share, members, bucket_arn, key_arn)
        self.register_outputs({"userNames": {name: each.user.name for name, each in self.users.items()}})

    def _permit(
        self,
        share: Share,
        members: Sequence[User],
        bucket_arn: str,
        key_arn: str | None,
    ) -> None:
        """Declare the share's managed policy, give it to the members, and only then their keys."""
        inside = pulumi.ResourceOptions(parent=self, depends_on=self._after)
        resource_name = f"{self._stem}-{share.label}"
        where = f"below {share.prefix}" if share.prefix else "in the whole bucket"
        policy = aws.iam.Policy(
            resource_name,
            name=f"{self._name_prefix}-{share.label}",
            description=f"{', '.join(share.levels)} {where}",
            policy=user_policy(bucket_arn, share.levels, prefix=share.prefix, key_arn=key_arn),
            tags=self._tags,
            opts=inside,
        )
        if len(members) == 1:
            user = self.users[members[0].name]
            attachment = aws.iam.UserPolicyAttachment(
                f"{self._stem}-{members[0].name}",
                user=user.user.name,
                policy_arn=policy.arn,
                opts=inside,
            )
            user.add_keys([*self._after, attachment])
            return
        group = aws.iam.Group(resource_name, name=f"{self._name_prefix}-{share.label}", opts=inside)
        attachment = aws.iam.GroupPolicyAttachment(
            resource_name, group=group.name, policy_arn=policy.arn, opts=inside
        )
        for member in members:
            user = self.users[member.name]
            membership = aws.iam.UserGroupMembership(
                f"{self._stem}-{member.name}",
                user=user.user.name,
                groups=[group.name],
                opts=inside,
            )
            user.add_keys([*self._after, attachment, membership])
