"""What a check is about: the buckets, users, groups, roles, policies and keys of a stack, and its account.

A part, such as a bucket policy, belongs to its bucket also where another stack declares the bucket: then the
subject has no `resource`, and only what this stack declares of it is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from s3_perimeter.stack.state import Block, Resource, State

__all__ = [
    "Account",
    "Bucket",
    "Declared",
    "Group",
    "Holder",
    "Key",
    "OrganizationPolicy",
    "Owner",
    "Parts",
    "Policy",
    "Role",
    "Subject",
    "User",
    "encryption_key",
    "encryption_rule",
]

Parts: TypeAlias = tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket; `parts` are the resources of the state that configure it.

    `unread` are the kinds of part that the state declares in a form that no control reads.
    """

    name: str
    arn: str
    region: str | None
    account: str
    holds_logs: bool = field(default=False, compare=False)
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: Parts = field(default=(), compare=False, repr=False)
    unread: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def part(self, kind: str) -> Resource | None:
        """Return the one resource of this kind that configures the bucket, if the stack declares it."""
        return next((part for part in self.parts if part.kind == kind), None)

    @property
    def inline(self) -> Block:
        """The arguments on the bucket resource itself: the old form of what has a resource of its own."""
        return self.resource.given if self.resource else Block(self.arn)


@dataclass(frozen=True, slots=True)
class Holder:
    """One IAM user, group or role; `parts` are the resources of the state that belong to it."""

    name: str
    arn: str
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: Parts = field(default=(), compare=False, repr=False)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Return the resources of these kinds that belong to it."""
        return (part for part in self.parts if part.kind in kinds)


@dataclass(frozen=True, slots=True)
class User(Holder):
    """One IAM user."""


@dataclass(frozen=True, slots=True)
class Group(Holder):
    """One IAM group."""


@dataclass(frozen=True, slots=True)
class Role(Holder):
    """One IAM role."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One managed policy, and who is declared to have it (`user/NAME`, `group/…`, `role/…`)."""

    name: str
    arn: str
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: Parts = field(default=(), compare=False, repr=False)
    holders: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """One KMS key that the stack declares (`resource`), declares parts of, or that a declared bucket encrypts
    with."""

    arn: str
    region: str | None
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: Parts = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OrganizationPolicy:
    """One resource control policy of the organization; `parts` are what attaches it."""

    id: str
    arn: str
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: Parts = field(default=(), compare=False, repr=False)

    @property
    def targets(self) -> frozenset[str]:
        """The ids of the roots, organizational units and accounts that it is declared to be attached to."""
        return frozenset(target for part in self.parts if (target := part.text("targetId")))


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the stack lives in; `first` is one of its buckets, by whose age others are judged.

    `uncovered` are the resources of the stack about S3, IAM or KMS that no control compares.
    """

    id: str
    arn: str
    region: str | None = None
    first: Bucket | None = field(default=None, compare=False, repr=False)
    parts: Parts = field(default=(), compare=False, repr=False)
    uncovered: Parts = field(default=(), compare=False, repr=False)

    @property
    def account(self) -> str:
        """Its id, under the name that it has on a bucket."""
        return self.id


Owner: TypeAlias = Bucket | Holder | Policy | Key | OrganizationPolicy
Subject: TypeAlias = Owner | Account


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything of one stack that a check compares."""

    stack: str
    account: Account
    buckets: tuple[Bucket, ...]
    users: tuple[User, ...]
    groups: tuple[Group, ...]
    roles: tuple[Role, ...]
    policies: tuple[Policy, ...]
    keys: tuple[Key, ...]
    state: State = field(repr=False)
    aside: Parts = field(default=(), repr=False)
    organization_policies: tuple[OrganizationPolicy, ...] = ()

    @property
    def reference(self) -> str:
        """The name by which commands find the stack, of whatever organization it is."""
        return self.state.asked or self.stack

    def subjects(self) -> Iterator[Subject]:
        """Yield the account, then every bucket, user, group, role, policy, key and organization policy."""
        yield self.account
        yield from self.buckets
        yield from self.users
        yield from self.groups
        yield from self.roles
        yield from self.policies
        yield from self.keys
        yield from self.organization_policies

    @property
    def empty(self) -> bool:
        """Whether there is nothing that any control could compare or name."""
        account = self.account
        return len(list(self.subjects())) == 1 and not account.parts and not account.uncovered


def encryption_rule(bucket: Bucket) -> Block:
    """Return the bucket's declared default encryption; empty where none is declared. Raises ShapeError."""
    part = bucket.part("s3/bucketServerSideEncryptionConfiguration")
    if part is not None:
        rules = part.properties.blocks("rules")
        return rules[0] if rules else Block(part.urn)
    return bucket.inline.block("serverSideEncryptionConfiguration").block("rule")


def encryption_key(bucket: Bucket) -> str | None:
    """Return the KMS key that the bucket is declared to encrypt with; None too where that cannot be read."""
    try:
        return encryption_rule(bucket).block("applyServerSideEncryptionByDefault").text("kmsMasterKeyId")
    except ValueError:  # the control of the encryption says what is wrong
        return None
