"""Read the declared side out of a stack's state: each resource goes to the subject that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.judging.control import Scope
from s3_perimeter.drift.native import as_classic, unread
from s3_perimeter.drift.subjects import (
    Account,
    Bucket,
    Declared,
    Group,
    Key,
    OrganizationPolicy,
    Owner,
    Parts,
    Policy,
    Role,
    Subject,
    User,
    encryption_key,
    encryption_rule,
)
from s3_perimeter.stack.state import Resource, State

__all__ = [
    "Account",
    "Bucket",
    "Declared",
    "Group",
    "Key",
    "Policy",
    "Role",
    "Subject",
    "User",
    "declare",
    "encryption_rule",
]

# What the controls list that look for other ways to a bucket, or for what a user holds.
_LISTED: Final = frozenset({"iam/virtualMfaDevice", "s3control/accessGrant"})
# Ways to a bucket that name it in other properties than `bucket`.
_ACCESS_POINT_POLICY: Final = "s3control/accessPointPolicy"
_MULTI_REGION: Final = frozenset(
    {"s3control/multiRegionAccessPoint", "s3control/multiRegionAccessPointPolicy"}
)
# Not configuration: the data itself, and second names.
_DATA: Final = frozenset({"s3/bucketObject", "s3/bucketObjectv2", "s3/objectCopy", "kms/alias"})
_ABOUT_ACCESS: Final = re.compile(r"(aws|aws-native|awscc):(index/)?(s3|iam|kms)\w*[/:]")
_ORGANIZATION: Final = re.compile(r"(aws|aws-native|awscc):(index/)?organizations\w*[/:]")
# What a general-purpose bucket may be called; a directory bucket's name ends otherwise.
_BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_OTHER_SORTS: Final = ("--x-s3", "--table-s3")


def declare(state: State, *, account: str = "", region: str | None = None) -> Declared:
    """Read the declared side out of a state. `account` and `region` count where the state names none.

    Raises ShapeError where a resource of aws-native is not written as that provider writes.
    """
    everything = tuple(part for resource in state.resources for part in as_classic(resource))
    own = tuple(resource for resource in everything if not resource.external)
    account = _account(state) or account
    sorts = _Sorts(own, account, _partition(state), region, _regions(state))
    buckets, users = sorts.buckets(), sorts.users()
    groups, roles = sorts.groups(), sorts.roles()
    policies, keys = sorts.policies(), sorts.keys(buckets)
    parts = tuple(resource for resource in own if resource.kind in _compared("account"))
    claimed = {part.urn for part in (*parts, *sorts.of(_LISTED))}
    organizations = sorts.organization_policies()
    owners: tuple[Owner, ...] = (*buckets, *users, *groups, *roles, *policies, *keys, *organizations)
    for subject in owners:
        claimed |= {part.urn for part in subject.parts}
        if subject.resource is not None:
            claimed.add(subject.resource.urn)
    rest = [resource for resource in state.resources if resource.urn not in claimed and not resource.external]
    uncovered = [resource for resource in rest if _about_access(resource)]
    aside = [resource for resource in rest if resource.provider and not _about_access(resource)]
    first = next((bucket for bucket in buckets if not bucket.holds_logs), buckets[0] if buckets else None)
    return Declared(
        stack=state.stack,
        account=Account(
            id=account,
            arn=f"arn:{sorts.partition}:iam::{account}:root",
            region=first.region if first else sorts.region_of(*parts),
            first=first,
            parts=parts,
            uncovered=tuple(uncovered),
        ),
        buckets=buckets,
        users=users,
        groups=groups,
        roles=roles,
        policies=policies,
        keys=keys,
        state=state,
        aside=tuple(aside),
        organization_policies=organizations,
    )


@cache
def _compared(scope: Scope) -> frozenset[str]:
    """Return the kinds of part that the controls of such a subject compare."""
    return frozenset(kind for control in CONTROLS if control.scope == scope for kind in control.parts)


def _about_access(resource: Resource) -> bool:
    if _ORGANIZATION.match(resource.type):
        return resource.text("type") == "RESOURCE_CONTROL_POLICY"
    return bool(_ABOUT_ACCESS.match(resource.type)) and resource.kind not in _DATA


def _account(state: State) -> str:
    """Return the account id in the first ARN that has one; a bucket's has none."""
    for resource in state.resources:
        arn = resource.outputs.get("arn")
        fields = arn.split(":", 5) if isinstance(arn, str) and not resource.external else []
        if len(fields) == 6 and fields[4].isdigit():
            return fields[4]
    return ""


def _partition(state: State) -> str:
    """Return the partition in the first ARN of the state."""
    for resource in state.resources:
        arn = resource.outputs.get("arn")
        fields = arn.split(":") if isinstance(arn, str) else []
        if len(fields) > 5 and fields[0] == "arn" and fields[1]:
            return fields[1]
    return "aws"


def _regions(state: State) -> dict[str, str]:
    """Return the region of each provider instance, by the reference that resources make to it."""
    return {
        f"{resource.urn}::{resource.id}": region
        for resource in state.resources
        if resource.type.startswith("pulumi:providers:") and (region := resource.text("region"))
    }


@dataclass(frozen=True, slots=True)
class _Sorts:
    """The resources of a state, sorted into the subjects that they declare or configure."""

    resources: Parts
    account: str
    partition: str
    region: str | None
    regions: dict[str, str]

    def of(self, kinds: Iterable[str]) -> Parts:
        wanted = frozenset(kinds)
        return tuple(resource for resource in self.resources if resource.kind in wanted)

    def region_of(self, *resources: Resource) -> str | None:
        """Return the first region that one of them names, or whose provider does."""
        for resource in resources:
            if region := resource.text("region") or self.regions.get(resource.provider):
                return region
        return self.region

    def buckets(self) -> tuple[Bucket, ...]:
        """Return every declared bucket, and every one that the stack only configures."""
        declared = {r.text("bucket") or r.id: r for r in self.of({"s3/bucket"})}
        ids = {resource.id: name for name, resource in declared.items()}
        by_name: dict[str, list[Resource]] = {name: [] for name in declared}
        logs: set[str] = set()
        for part in self.of(_compared("bucket")):
            for given in self._buckets_of(part):
                name = ids.get(given, given)
                if name in by_name or _general_purpose(name):
                    by_name.setdefault(name, []).append(part)
            if part.kind == "s3/bucketLogging" and (target := part.text("targetBucket")):
                logs.add(target)
        return tuple(
            self._bucket(name, declared.get(name), tuple(parts), logs) for name, parts in by_name.items()
        )

    def _buckets_of(self, part: Resource) -> tuple[str, ...]:
        """Return the buckets that a part configures or leads to."""
        if part.kind == _ACCESS_POINT_POLICY:
            point = (part.text("accessPointArn") or "").rpartition("/")[2]
            return tuple(
                bucket
                for each in self.of({"s3/accessPoint"})
                if (each.text("name") or each.id) == point and (bucket := each.text("bucket"))
            )
        if part.kind in _MULTI_REGION:
            name = part.properties.block("details").text("name")
            return tuple(
                bucket
                for each in self.of({"s3control/multiRegionAccessPoint"})
                if (details := each.properties.block("details")).text("name") == name
                for region in details.blocks("regions")
                if (bucket := region.text("bucket"))
            )
        name = part.text("bucket")
        return (name,) if name else ()

    def _bucket(self, name: str, resource: Resource | None, parts: Parts, logs: set[str]) -> Bucket:
        return Bucket(
            name=name,
            arn=(resource.text("arn") if resource else None) or f"arn:{self.partition}:s3:::{name}",
            region=self.region_of(*([resource] if resource else []), *parts),
            account=self.account,
            holds_logs=name in logs,
            resource=resource,
            parts=parts,
            unread=unread(resource) if resource else frozenset(),
        )

    def users(self) -> tuple[User, ...]:
        return tuple(
            User(name, arn, resource, parts)
            for name, arn, resource, parts in self._holders("user", {"iam/groupMembership"})
        )

    def groups(self) -> tuple[Group, ...]:
        return tuple(
            Group(name, arn, resource, parts)
            for name, arn, resource, parts in self._holders("group", {"iam/userGroupMembership"})
        )

    def roles(self) -> tuple[Role, ...]:
        return tuple(
            Role(name, arn, resource, parts) for name, arn, resource, parts in self._holders("role", set())
        )

    def _holders(
        self, sort: Literal["user", "group", "role"], several: set[str]
    ) -> Iterator[tuple[str, str, Resource | None, Parts]]:
        """Yield the declared ones of a sort, and those that a part of a single one names.

        Parts that name several, as a membership does, belong to those that are there already.
        """
        declared = {r.text("name") or r.id: r for r in self.of({f"iam/{sort}"})}
        by_name: dict[str, list[Resource]] = {name: [] for name in declared}
        for part in self.of(_compared(sort)):
            if name := part.text(sort):
                by_name.setdefault(name, []).append(part)
        for part in self.of({"iam/policyAttachment", *several}):
            for name in part.texts(f"{sort}s"):
                if name in by_name:
                    by_name[name].append(part)
        for name, parts in by_name.items():
            resource = declared.get(name)
            arn = resource.text("arn") if resource else None
            yield (
                name,
                arn or f"arn:{self.partition}:iam::{self.account}:{sort}/{name}",
                resource,
                tuple(parts),
            )

    def policies(self) -> tuple[Policy, ...]:
        """Return the declared ones, and those whose holders the stack alone decides (`PolicyAttachment`)."""
        declared = {r.text("arn") or r.id: r for r in self.of({"iam/policy"})}
        shared = {arn: None for part in self.of({"iam/policyAttachment"}) if (arn := part.text("policyArn"))}
        return tuple(self._policy(arn, declared.get(arn)) for arn in {**declared, **shared})

    def _policy(self, arn: str, resource: Resource | None) -> Policy:
        holders: set[str] = set()
        for sort in ("user", "group", "role"):
            for part in self.of({f"iam/{sort}PolicyAttachment"}):
                if part.text("policyArn") == arn:
                    holders.add(f"{sort}/{part.text(sort)}")
        parts = tuple(part for part in self.of({"iam/policyAttachment"}) if part.text("policyArn") == arn)
        for part in parts:
            for sort in ("user", "group", "role"):
                holders.update(f"{sort}/{name}" for name in part.texts(f"{sort}s"))
        name = (resource.text("name") if resource else None) or arn.rpartition("/")[2]
        return Policy(name, arn, resource, parts, frozenset(holders))

    def organization_policies(self) -> tuple[OrganizationPolicy, ...]:
        """Return the declared resource control policies, each with its attachments."""
        declared = {
            resource.id: resource
            for resource in self.of({"organizations/policy"})
            if resource.text("type") == "RESOURCE_CONTROL_POLICY"
        }
        parts: dict[str, list[Resource]] = {name: [] for name in declared}
        for part in self.of(_compared("organization")):
            if (policy := part.text("policyId")) in parts:
                parts[policy].append(part)
        return tuple(
            OrganizationPolicy(name, resource.text("arn") or name, resource, tuple(parts[name]))
            for name, resource in declared.items()
        )

    def keys(self, buckets: Iterable[Bucket]) -> tuple[Key, ...]:
        """Return the declared keys, those that the stack configures, and those that its buckets encrypt
        with.
        """
        found: dict[str, Key] = {}
        names: dict[str, str] = {}
        parts = self.of(_compared("key"))
        for resource in self.of({"kms/key"}):
            arn = resource.text("arn") or resource.id
            names |= {arn: arn, resource.id: arn}
            own = tuple(part for part in parts if part.text("keyId") in (arn, resource.id))
            found[arn] = Key(arn, self.region_of(resource), resource, own)
        for part in parts:
            key = part.text("keyId") or ""
            if key and key not in names:
                names[key] = key
                own = tuple(each for each in parts if each.text("keyId") == key)
                found[key] = Key(key, self.region_of(part), None, own)
        for bucket in buckets:
            used = encryption_key(bucket)
            if used and names.get(used, used) not in found:
                found[used] = Key(used, bucket.region)
        return tuple(found.values())


def _general_purpose(name: str) -> bool:
    return bool(_BUCKET_NAME.fullmatch(name)) and not name.endswith(_OTHER_SORTS)
