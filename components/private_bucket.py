"""PrivateBucket: a bucket that only allowed networks can reach, its access logs, and its users."""

import re
from typing import Any, overload

import pulumi
import pulumi_aws as aws

from .access_log_bucket import AccessLogBucket
from .args import PrivateBucketArgs
from .bucket_spec import AwsTarget, BucketSpec
from .commands import commands_to_try
from .encryption_key import EncryptionKey, key_policy
from .reading import from_args, in_plain_words
from .remote_roles import RemoteRoles, size_warnings
from .remote_users import RemoteUsers
from .safeguards import Safeguards

__all__ = ["PrivateBucket"]

_ACCOUNT_REGIONAL = re.compile(r".+-[0-9]{12}-[a-z]{2,}(?:-[a-z]+)+-[0-9]+-an", re.ASCII)
"""`NAME-ACCOUNT-REGION-an`: a name in the account's own namespace, which S3 has to be asked for."""


class PrivateBucket(pulumi.ComponentResource):
    """A private S3 bucket that only your networks can reach.

    The bucket's policy denies every request from outside the allow-list, however it arrives. The
    component also declares the public-access block, ownership, encryption, versioning and access logging, and
    the IAM users and roles of remote people. The access keys are created last and deleted first, so at no
    moment of `pulumi up` or `pulumi destroy` can one be used from elsewhere.
    """

    bucket: pulumi.Output[str]
    """The bucket's name."""

    bucket_arn: pulumi.Output[str]
    """The bucket's ARN."""

    region: pulumi.Output[str]
    """The region that the bucket is in."""

    log_bucket: pulumi.Output[str]
    """The name of the bucket that the access logs are delivered to."""

    policy: pulumi.Output[str]
    """The bucket policy, as JSON text."""

    allowed_networks: pulumi.Output[list[str]]
    """The allow-list in force, as the smallest number of networks."""

    users: pulumi.Output[dict[str, str]]
    """The IAM users' names, by the person's name."""

    roles: pulumi.Output[dict[str, str]]
    """The ARNs of the IAM roles, by the role's name."""

    access_key_ids: pulumi.Output[dict[str, dict[str, str]]]
    """The ids of the access keys, by the person's name and the key slot."""

    secret_access_keys: pulumi.Output[dict[str, dict[str, str]]]
    """The secret access keys, by the person's name and the key slot. This output is secret."""

    commands: pulumi.Output[list[str]]
    """AWS CLI commands to try."""

    @overload
    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...

    @overload
    def __init__(self, name: str, args: BucketSpec, opts: pulumi.ResourceOptions | None = None) -> None: ...

    def __init__(  # type: ignore[misc]  # Pulumi makes the package's schema of the annotation of `args`
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the component and its children: the bucket, then the fence, then the people.

        ``args`` may also be what ``stack_spec()`` reads from the stack's config. Every mistake is reported at
        once, before anything is declared.
        """
        spec = args if isinstance(args, BucketSpec) else from_args(name, args)
        super().__init__("s3-perimeter:index:PrivateBucket", name, spec.arguments, opts)
        target = AwsTarget.of(self)
        bucket_name = spec.bucket(target.account)
        arn = f"arn:{target.partition}:s3:::{bucket_name}"
        with in_plain_words():
            policy = spec.bucket_policy(target)
            trusts = {role.name: spec.trust_policy(role, target) for role in spec.roles}
        for warning in (*spec.warnings, *size_warnings(trusts)):
            pulumi.log.warn(warning, self)

        logs = self._own_log_bucket(name, spec, target)
        bucket = aws.s3.Bucket(
            name,
            bucket=bucket_name,
            bucket_namespace="account-regional" if _ACCOUNT_REGIONAL.fullmatch(bucket_name) else None,
            force_destroy=None if spec.protect else True,
            tags=dict(spec.tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=spec.protect,
                import_=bucket_name if spec.take_over else None,
                # It goes before the log bucket at `destroy`: S3 logs for as long as it stands.
                depends_on=[logs.bucket] if logs else None,
            ),
        )
        safeguards = Safeguards.around(
            name,
            bucket,
            parent=self,
            policy=policy,
            key_arn=self._key_arn(name, bucket_name, arn, spec, target),
            versioning=spec.versioning,
        )
        logging = self._log_requests(name, bucket, spec, target, logs)
        remote = RemoteUsers(
            f"{name}-users",
            people=spec.users,
            bucket_arn=arn,
            key_arn=spec.encryption.kms_key_arn,
            name_prefix=spec.name_prefix,
            tags=spec.tags,
            after=[*safeguards.all, logging],
            opts=pulumi.ResourceOptions(parent=self),
        )

        roles = {}
        if spec.roles:
            roles = RemoteRoles(
                f"{name}-roles",
                roles=spec.roles,
                trust=lambda role: trusts[role.name],
                bucket_arn=arn,
                key_arn=spec.encryption.kms_key_arn,
                name_prefix=spec.name_prefix,
                tags=spec.tags,
                after=[*safeguards.all, logging],
                opts=pulumi.ResourceOptions(parent=self),
            ).roles

        people = remote.users.items()
        ids: dict[str, Any] = {person: each.access_key_ids for person, each in people}
        secrets: dict[str, Any] = {person: each.secret_access_keys for person, each in people}
        self.bucket = bucket.bucket
        self.bucket_arn = bucket.arn
        self.region = bucket.region
        self.log_bucket = pulumi.Output.from_input(spec.log_bucket(target.account))
        self.policy = safeguards.policy.policy
        self.allowed_networks = spec.allowed_networks()
        self.users = pulumi.Output.from_input({person: each.user.name for person, each in people})
        self.roles = pulumi.Output.from_input({role: each.role.arn for role, each in roles.items()})
        self.access_key_ids = pulumi.Output.from_input(ids)
        self.secret_access_keys = pulumi.Output.secret(secrets)
        self.commands = pulumi.Output.from_input(
            commands_to_try(bucket_name, target.region, spec.users, spec.roles)
        )
        self.register_outputs(
            {
                "bucket": self.bucket,
                "bucketArn": self.bucket_arn,
                "region": self.region,
                "logBucket": self.log_bucket,
                "policy": self.policy,
                "allowedNetworks": self.allowed_networks,
                "users": self.users,
                "roles": self.roles,
                "accessKeyIds": self.access_key_ids,
                "secretAccessKeys": self.secret_access_keys,
                "commands": self.commands,
            }
        )

    def _key_arn(
        self, name: str, bucket_name: str, arn: str, spec: BucketSpec, target: AwsTarget
    ) -> pulumi.Input[str] | None:
        """Return the KMS key's ARN: a given one, a new one's, or none with SSE-S3."""
        encryption = spec.encryption
        if encryption.algorithm != "aws:kms" or encryption.kms_key_arn is not None:
            return encryption.kms_key_arn
        return EncryptionKey(
            f"{name}-key",
            bucket_name=bucket_name,
            policy=key_policy(arn, account=target.account, region=target.region),
            tags=spec.tags,
            protect=spec.protect,
            opts=pulumi.ResourceOptions(parent=self),
        ).arn

    def _own_log_bucket(self, name: str, spec: BucketSpec, target: AwsTarget) -> AccessLogBucket | None:
        """Return the stack's own bucket for access logs; None where config names one that exists already."""
        if spec.access_logs.bucket is not None:
            return None
        return AccessLogBucket(
            f"{name}-logs",
            bucket_name=spec.log_bucket(target.account),
            policy=spec.log_bucket_policy(target),
            retention_days=spec.access_logs.retention_days,
            tags=spec.tags,
            protect=spec.protect,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _log_requests(
        self,
        name: str,
        bucket: aws.s3.Bucket,
        spec: BucketSpec,
        target: AwsTarget,
        logs: AccessLogBucket | None,
    ) -> aws.s3.BucketLogging:
        """Let S3 log every request, into a bucket that exists already or into the stack's own."""
        return aws.s3.BucketLogging(
            name,
            bucket=bucket.bucket,
            target_bucket=spec.log_bucket(target.account),
            target_prefix=spec.access_logs.prefix,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=logs.ready if logs else None, deleted_with=bucket
            ),
        )
