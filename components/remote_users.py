"""RemoteUsers: the people who may reach the bucket, with managed policies that they have alone or share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

import pulumi
import pulumi_aws as aws

from s3_perimeter import PerimeterError
from s3_perimeter.settings import Role, User

from .access_levels import ACCESS_LEVELS, user_policy

__all__ = ["LONGEST_USER_NAME", "RemoteUser", "RemoteUsers", "Share", "check_names", "shares"]

Person = TypeVar("Person", User, Role)

LONGEST_USER_NAME = 64
"""Characters of an IAM user's or role's name ("IAM and AWS STS quotas"); groups and policies have
twice as many."""

_READABLE = 24
"""Characters of a prefix that a resource's name keeps for the reader."""

_DIGEST = 6
"""Hexadecimal digits that distinguish two prefixes which read alike."""


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

    @property
    def description(self) -> str:
        """What its policy grants, in words."""
        where = f"below {self.prefix}" if self.prefix else "in the whole bucket"
        return f"{', '.join(self.levels)} {where}"


def shares(people: Sequence[Person]) -> dict[Share, list[Person]]:
    """Return users, or roles, by what they share; the levels' order in stack config makes no difference."""
    found: dict[Share, list[Person]] = {}
    for person in people:
        levels = tuple(level for level in ACCESS_LEVELS if level in person.access)
        found.setdefault(Share(levels, person.prefix or ""), []).append(person)
    return found


def check_names(prefix: str, users: Sequence[User], roles: Sequence[Role] = ()) -> None:
    """Refuse names that IAM would refuse in the middle of the deployment.

    Raises:
        PerimeterError: with every name that is too long.
    """
    names = {
        kind: [f"{prefix}-{person.name}" for person in people]
        for kind, people in (("user", users), ("role", roles))
    }
    too_long = {
        kind: [f"`{name}` ({len(name)})" for name in each if len(name) > LONGEST_USER_NAME]
        for kind, each in names.items()
    }
    kinds = " or ".join(kind for kind, each in too_long.items() if each)
    if kinds:
        raise PerimeterError(
            f"IAM takes {LONGEST_USER_NAME} characters as a {kinds}'s name, and these have more: "
            f"{', '.join(name for each in too_long.values() for name in each)}\n\n"
            f"hint: shorten the name of the {kinds}, the stack or the project"
        )


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
        for share, members in shares(people).items():
            policy = aws.iam.Policy(
                f"{name}-{share.label}",
                name=f"{name_prefix}-{share.label}",
                description=share.description,
                policy=user_policy(bucket_arn, share.levels, prefix=share.prefix, key_arn=key_arn),
                tags=dict(tags),
                opts=inside,
            )
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
