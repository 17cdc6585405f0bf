"""The declared side: what a stack's state says of its buckets, users, policies and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from s3_perimeter.stack.state import Resource, State


@dataclass(frozen=True, slots=True)
class Bucket:
    """One declared bucket; `parts` are the resources of the state that configure it."""

    name: str
    arn: str
    region: str | None
    account: str
    holds_logs: bool = field(default=False, compare=False)
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: tuple[Resource, ...] = field(default=(), compare=False, repr=False)

    def part(self, kind: str) -> Resource | None:
        """The one resource of this kind that configures the bucket, if the stack declares it."""
        return next((part for part in self.parts if part.kind == kind), None)

    def inline(self, name: str) -> Any:
        """An argument given on the bucket resource itself: the old form of what has a resource of its own."""
        return self.resource.inputs.get(name) if self.resource else None


@dataclass(frozen=True, slots=True)
class User:
    """One declared IAM user; `parts` are the resources of the state that hang on it."""

    name: str
    arn: str
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: tuple[Resource, ...] = field(default=(), compare=False, repr=False)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """The resources of these kinds that hang on the user."""
        return (part for part in self.parts if part.kind in kinds)


@dataclass(frozen=True, slots=True)
class Policy:
    """One declared managed policy, its document, and who is declared to have it (`user/NAME`, `group/…`,
    `role/…`)."""

    name: str
    arn: str
    document: Any = field(compare=False, repr=False)
    holders: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """One KMS key that the stack declares, or that a declared bucket encrypts with (`resource` is None)."""

    arn: str
    region: str | None
    resource: Resource | None = field(default=None, compare=False, repr=False)
    parts: tuple[Resource, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the stack lives in; `door` is one of its buckets, asked on the account's behalf."""

    id: str
    arn: str
    door: Bucket | None = field(default=None, compare=False, repr=False)


Subject: TypeAlias = Bucket | User | Policy | Key | Account


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything of one stack that a check compares."""

    stack: str
    account: Account
    buckets: tuple[Bucket, ...]
    users: tuple[User, ...]
    policies: tuple[Policy, ...]
    keys: tuple[Key, ...]
    state: State = field(repr=False)

    def subjects(self) -> Iterator[Subject]:
        """The account, then every bucket, user, policy and key."""
        yield self.account
        yield from self.buckets
        yield from self.users
        yield from self.policies
        yield from self.keys


_ON_A_USER = {
    "iam/userPolicyAttachment",
    "iam/userPolicy",
    "iam/userGroupMembership",
    "iam/accessKey",
    "iam/userLoginProfile",
    "iam/sshKey",
    "iam/serviceSpecificCredential",
    "iam/signingCertificate",
}


def declare(state: State, *, account: str = "", region: str | None = None) -> Declared:
    """Read the declared side out of a state.

    `account` and `region` are used where the state itself names none.
    """
    account = _account(state) or account
    log_targets = {
        target for part in state.of("s3/bucketLogging") if (target := part.text("targetBucket")) is not None
    }
    buckets = tuple(
        _bucket(resource, state, account, region, log_targets) for resource in state.of("s3/bucket")
    )
    users = tuple(_user(resource, state) for resource in state.of("iam/user"))
    door = next((bucket for bucket in buckets if not bucket.holds_logs), buckets[0] if buckets else None)
    partition = next((b.arn.split(":")[1] for b in buckets if b.arn.startswith("arn:")), "aws")
    return Declared(
        stack=state.stack,
        account=Account(account, f"arn:{partition}:iam::{account}:root", door),
        buckets=buckets,
        users=users,
        policies=tuple(_policy(resource, state) for resource in state.of("iam/policy")),
        keys=_keys(state, buckets, region),
        state=state,
    )


def _account(state: State) -> str:
    """The account id in the first ARN that has one; a bucket's has none."""
    for resource in state.resources:
        arn = resource.outputs.get("arn")
        fields = arn.split(":", 5) if isinstance(arn, str) else []
        if len(fields) == 6 and fields[4].isdigit():
            return fields[4]
    return ""


def _bucket(
    resource: Resource, state: State, account: str, region: str | None, log_targets: set[str]
) -> Bucket:
    name = resource.text("bucket") or resource.id
    region = resource.text("region") or region
    return Bucket(
        name=name,
        arn=resource.text("arn") or f"arn:aws:s3:::{name}",
        region=region,
        account=account,
        holds_logs=name in log_targets,
        resource=resource,
        parts=tuple(
            part
            for part in state.resources
            if part.kind.startswith("s3/")
            and part is not resource
            and part.text("bucket") in (name, resource.id)
        ),
    )


def _user(resource: Resource, state: State) -> User:
    name = resource.text("name") or resource.id
    return User(
        name=name,
        arn=resource.text("arn") or name,
        resource=resource,
        parts=tuple(
            part
            for part in state.resources
            if (part.kind in _ON_A_USER and part.text("user") == name)
            or (part.kind in ("iam/groupMembership", "iam/policyAttachment") and name in part.texts("users"))
        ),
    )


def _policy(resource: Resource, state: State) -> Policy:
    arn = resource.text("arn") or resource.id
    holders: set[str] = set()
    for kind, holder in (
        ("iam/userPolicyAttachment", "user"),
        ("iam/groupPolicyAttachment", "group"),
        ("iam/rolePolicyAttachment", "role"),
    ):
        for part in state.of(kind):
            if part.text("policyArn") == arn:
                holders.add(f"{holder}/{part.text(holder)}")
    for part in state.of("iam/policyAttachment"):
        if part.text("policyArn") == arn:
            for holder in ("user", "group", "role"):
                holders.update(f"{holder}/{name}" for name in part.texts(f"{holder}s"))
    return Policy(
        name=resource.text("name") or arn.rpartition("/")[2],
        arn=arn,
        document=resource.get("policy"),
        holders=frozenset(holders),
    )


def _keys(state: State, buckets: tuple[Bucket, ...], region: str | None) -> tuple[Key, ...]:
    found: dict[str, Key] = {}
    names: dict[str, str] = {}
    for resource in state.of("kms/key"):
        arn = resource.text("arn") or resource.id
        parts = tuple(
            part
            for part in state.resources
            if part.kind in ("kms/keyPolicy", "kms/grant") and part.text("keyId") in (arn, resource.id)
        )
        found[arn] = Key(arn, resource.text("region") or region, resource, parts)
        names |= {arn: arn, resource.id: arn}
    for bucket in buckets:
        key = encryption_rule(bucket).get("kmsMasterKeyId")
        if isinstance(key, str) and key and names.get(key, key) not in found:
            found[key] = Key(key, bucket.region)
    return tuple(found.values())


def encryption_rule(bucket: Bucket) -> Mapping[str, Any]:
    """The bucket's declared default encryption, flat: sseAlgorithm, kmsMasterKeyId, bucketKeyEnabled,
    blocked types."""
    part = bucket.part("s3/bucketServerSideEncryptionConfiguration")
    rules: Any = part.get("rules") if part else None
    if rules is None:
        inline = bucket.inline("serverSideEncryptionConfiguration")
        rules = [inline["rule"]] if isinstance(inline, dict) and "rule" in inline else []
    rule = rules[0] if isinstance(rules, list) and rules else None
    if not isinstance(rule, dict):
        return {}
    default = rule.get("applyServerSideEncryptionByDefault")
    return {**rule, **(default if isinstance(default, dict) else {})}
