"""BucketSpec: what a PrivateBucket is to be, whether a stack's config or a program's arguments ask for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from s3_perimeter import BuildError, bucket_policy, log_bucket_policy
from s3_perimeter.documents.document import MAX_POLICY_BYTES
from s3_perimeter.settings import AccessLogs, Encryption, Role, Settings, User
from s3_perimeter.trust import trust_policy

__all__ = ["AwsTarget", "BucketSpec"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AwsTarget:
    """The account, partition and region that a stack's AWS provider works in.

    They are asked for before anything is declared, so that ARNs are made of known names, and the policy pack
    can judge the text of every policy in the first preview.
    """

    account: str
    partition: str
    region: str

    @classmethod
    def of(cls, resource: pulumi.Resource) -> AwsTarget:
        """Ask the provider that ``resource`` gives its children."""
        opts = pulumi.InvokeOptions(parent=resource)
        return cls(
            account=aws.get_caller_identity(opts=opts).account_id,
            partition=aws.get_partition(opts=opts).partition,
            region=aws.get_region(opts=opts).region,
        )


@dataclass(frozen=True, slots=True, eq=False)
class BucketSpec:
    """Everything that decides which resources there are, and who has access.

    ``bucket`` and ``log_bucket`` give the names by the account. ``access`` holds the allow-list and its
    exemptions. It is an output if one of them is known only when other resources are. Nothing else here says
    who has access. ``arguments`` are the component's own arguments about access, for the policy pack to read;
    a stack's config reaches the pack by itself.
    """

    access: Settings | pulumi.Output[Settings]
    bucket: Callable[[str], str]
    log_bucket: Callable[[str], str]
    name_prefix: str
    users: tuple[User, ...]
    roles: tuple[Role, ...]
    encryption: Encryption
    access_logs: AccessLogs
    versioning: bool
    tags: Mapping[str, str]
    protect: bool
    warnings: tuple[str, ...]
    take_over: bool
    additional_statements: Sequence[Mapping[str, object]]
    arguments: Mapping[str, pulumi.Input[object]]

    @classmethod
    def of(
        cls,
        settings: Settings,
        name_prefix: str,
        *,
        warnings: tuple[str, ...],
        access: pulumi.Output[Settings] | None = None,
        take_over: bool = False,
        additional_statements: Sequence[Mapping[str, object]] = (),
        arguments: Mapping[str, pulumi.Input[object]] | None = None,
    ) -> BucketSpec:
        """Return the spec for settings; of who may come in only ``access`` counts where it is given."""
        return cls(
            access=settings if access is None else access,
            bucket=settings.bucket,
            log_bucket=settings.log_bucket,
            name_prefix=name_prefix,
            users=settings.users,
            roles=settings.roles,
            encryption=settings.encryption,
            access_logs=settings.access_logs,
            versioning=settings.versioning,
            tags=dict(settings.tags),
            protect=settings.protect,
            warnings=warnings,
            take_over=take_over,
            additional_statements=additional_statements,
            arguments=arguments or {},
        )

    def bucket_policy(self, target: AwsTarget) -> pulumi.Input[str]:
        """Return the bucket's policy; BuildError where it is known by now and does not fit."""

        def build(access: Settings) -> str:
            name = self.bucket(target.account)
            perimeter = access.perimeter(account=target.account, partition=target.partition, bucket=name)
            policy = bucket_policy(perimeter, max_url_age=access.max_url_age)
            return _with_more(policy, self.additional_statements)

        return self._from_access(build)

    def log_bucket_policy(self, target: AwsTarget) -> pulumi.Input[str]:
        """Return the policy of the access-log bucket."""

        def build(access: Settings) -> str:
            name = self.log_bucket(target.account)
            perimeter = access.perimeter(account=target.account, partition=target.partition, bucket=name)
            source = self.bucket(target.account)
            return log_bucket_policy(perimeter, source, target.account, self.access_logs.prefix)

        return self._from_access(build)

    def trust_policy(self, role: Role, target: AwsTarget) -> pulumi.Input[str]:
        """Return who may assume the role from where; BuildError where it is known by now and does not fit."""

        def build(access: Settings) -> str:
            name = self.bucket(target.account)
            perimeter = access.perimeter(account=target.account, partition=target.partition, bucket=name)
            try:
                return trust_policy(
                    perimeter, role.assumed_by, subjects=role.subjects, audience=role.audience
                )
            except BuildError as error:
                raise BuildError(f"role `{role.name}`: {error}") from error

        return self._from_access(build)

    def allowed_networks(self) -> pulumi.Output[list[str]]:
        """Return the allow-list in force, as few networks as hold exactly its addresses."""
        found = self._from_access(lambda access: list(access.allowed_addresses.cidrs()))
        return pulumi.Output.from_input(found)

    def _from_access(self, build: Callable[[Settings], T]) -> pulumi.Input[T]:
        return build(self.access) if isinstance(self.access, Settings) else self.access.apply(build)


def _with_more(policy: str, statements: Sequence[Mapping[str, object]]) -> str:
    """Return the policy's JSON text with more statements, which open nothing: no Allow outweighs a Deny.

    Raises BuildError where the policy is then larger than S3 accepts.
    """
    if not statements:
        return policy
    document = json.loads(policy)
    document["Statement"] += [dict(statement) for statement in statements]
    longer = json.dumps(document, separators=(",", ":"))
    over = len(longer.encode()) - MAX_POLICY_BYTES
    if over > 0:
        raise BuildError(
            f"with the additional statements the bucket policy is {over:,} bytes over S3's limit of "
            f"{MAX_POLICY_BYTES:,}\n\nhint: move Allow statements into the IAM policies of the principals "
            "that they name"
        )
    return longer
