"""PrivateBucket: a bucket that only the allow-list reaches, its access logs, and the people who use it."""

import re
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access_log_bucket import AccessLogBucket
from components.args import PrivateBucketArgs
from components.commands import commands_to_try
from components.encryption_key import EncryptionKey, key_policy
from components.iam_names import check_user_names
from components.mistakes import tell_warnings, told_plainly
from components.reading import read_args
from components.remote_users import RemoteUsers
from components.safeguards import Safeguards
from components.surroundings import Surroundings
from components.wanted import Wanted
from s3_perimeter.settings import Settings

__all__ = ["PrivateBucket"]

_ACCOUNT_REGIONAL = re.compile(r".+-[0-9]{12}-[a-z]{2,}(?:-[a-z]+)+-[0-9]+-an", re.ASCII)
"""`NAME-ACCOUNT-REGION-an`: a name in the account's own namespace, which S3 has to be told."""


class PrivateBucket(pulumi.ComponentResource):
    """A private S3 bucket that only your networks can reach.

    The bucket's policy denies every request from outside the allow-list, however it arrives. Beside it stand
    the public-access block, ownership, encryption, versioning and access logging, and the IAM users of remote
    people. At no moment between creation and the end of `up` or of `destroy` can a remote person's key be
    used from elsewhere: the keys come last and go first.
    """

    bucket: pulumi.Output[str]
    """The bucket's name."""

    bucket_arn: pulumi.Output[str]
    """The bucket's ARN."""

    region: pulumi.Output[str]
    """The region that the bucket is in."""

    log_bucket: pulumi.Output[str]
    """The name of the bucket that takes the access logs."""

    policy: pulumi.Output[str]
    """The bucket policy, as JSON text."""

    allowed_networks: pulumi.Output[list[str]]
    """The allow-list in force: the fewest networks that hold exactly the allowed addresses."""

    users: pulumi.Output[dict[str, str]]
    """The IAM users' names, by the person's name."""

    access_key_ids: pulumi.Output[dict[str, dict[str, str]]]
    """The ids of the access keys, by the person's name and the key slot."""

    secret_access_keys: pulumi.Output[dict[str, dict[str, str]]]
    """The secret access keys, by the person's name and the key slot. A secret."""

    commands: pulumi.Output[list[str]]
    """AWS CLI commands to try."""

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare a bucket from a program's own arguments; every mistake in them is told at once."""
        stack = f"{pulumi.get_stack()}-{name}"
        self._declare(name, read_args(args, stack, f"{pulumi.get_project()}-{stack}"), opts)

    @classmethod
    def of_settings(
        cls, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None
    ) -> "PrivateBucket":
        """Declare the one bucket that a stack's config asks for."""
        declared = cls.__new__(cls)
        wanted = Wanted(settings, name_prefix=f"{pulumi.get_project()}-{pulumi.get_stack()}")
        declared._declare(name, wanted, opts)
        return declared

    def _declare(self, name: str, wanted: Wanted, opts: pulumi.ResourceOptions | None) -> None:
        """Register the component and its children: the bucket, then the fence, then whoever it holds."""
        super().__init__("s3-perimeter:index:PrivateBucket", name, {}, opts)
        settings = wanted.settings
        place = Surroundings.of(self)
        bucket_name = settings.bucket(place.account)
        arn = f"arn:{place.partition}:s3:::{bucket_name}"
        with told_plainly():
            check_user_names(wanted.name_prefix, settings.users)
            policy = wanted.bucket_policy(place)
        tell_warnings(settings.warnings, self)

        logs = self._own_log_bucket(name, wanted, place)
        bucket = aws.s3.Bucket(
            name,
            bucket=bucket_name,
            bucket_namespace="account-regional" if _ACCOUNT_REGIONAL.fullmatch(bucket_name) else None,
            force_destroy=None if settings.protect else True,
            tags=dict(settings.tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=settings.protect,
                import_=bucket_name if wanted.take_over else None,
                # It goes before the log bucket at `destroy`: S3 logs for as long as it stands.
                depends_on=[logs.bucket] if logs else None,
            ),
        )
        safeguards = Safeguards.around(
            name,
            bucket,
            parent=self,
            policy=policy,
            key_arn=self._key_arn(name, bucket_name, arn, settings, place),
            versioning=settings.versioning,
        )
        logging = self._log_requests(name, bucket, wanted, place, logs)
        remote = RemoteUsers(
            f"{name}-users",
            people=settings.users,
            bucket_arn=arn,
            key_arn=settings.encryption.kms_key_arn,
            name_prefix=wanted.name_prefix,
            tags=settings.tags,
            after=[*safeguards.all, logging],
            opts=pulumi.ResourceOptions(parent=self),
        )

        people = remote.users.items()
        ids: dict[str, Any] = {person: each.access_key_ids for person, each in people}
        secrets: dict[str, Any] = {person: each.secret_access_keys for person, each in people}
        self.bucket = bucket.bucket
        self.bucket_arn = bucket.arn
        self.region = bucket.region
        self.log_bucket = pulumi.Output.from_input(settings.log_bucket(place.account))
        self.policy = safeguards.policy.policy
        self.allowed_networks = wanted.allowed_networks()
        self.users = pulumi.Output.from_input({person: each.user.name for person, each in people})
        self.access_key_ids = pulumi.Output.from_input(ids)
        self.secret_access_keys = pulumi.Output.secret(secrets)
        self.commands = pulumi.Output.from_input(commands_to_try(bucket_name, place.region, settings.users))
        self.register_outputs(
            {
                "bucket": self.bucket,
                "bucketArn": self.bucket_arn,
                "region": self.region,
                "logBucket": self.log_bucket,
                "policy": self.policy,
                "allowedNetworks": self.allowed_networks,
                "users": self.users,
                "accessKeyIds": self.access_key_ids,
                "secretAccessKeys": self.secret_access_keys,
                "commands": self.commands,
            }
        )

    def _key_arn(
        self, name: str, bucket_name: str, arn: str, settings: Settings, place: Surroundings
    ) -> pulumi.Input[str] | None:
        """Return the KMS key's ARN: a given one, a new one's, or none with SSE-S3."""
        encryption = settings.encryption
        if encryption.algorithm != "aws:kms" or encryption.kms_key_arn is not None:
            return encryption.kms_key_arn
        return EncryptionKey(
            f"{name}-key",
            bucket_name=bucket_name,
            policy=key_policy(arn, account=place.account, region=place.region),
            tags=settings.tags,
            protect=settings.protect,
            opts=pulumi.ResourceOptions(parent=self),
        ).arn

    def _own_log_bucket(self, name: str, wanted: Wanted, place: Surroundings) -> AccessLogBucket | None:
        """Return the stack's own bucket for access logs; None where config names one that exists already."""
        settings = wanted.settings
        if settings.access_logs.bucket is not None:
            return None
        return AccessLogBucket(
            f"{name}-logs",
            bucket_name=settings.log_bucket(place.account),
            policy=wanted.log_bucket_policy(place),
            retention_days=settings.access_logs.retention_days,
            tags=settings.tags,
            protect=settings.protect,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _log_requests(
        self,
        name: str,
        bucket: aws.s3.Bucket,
        wanted: Wanted,
        place: Surroundings,
        logs: AccessLogBucket | None,
    ) -> aws.s3.BucketLogging:
        """Let S3 log every request, into a bucket that exists already or into the stack's own."""
        settings = wanted.settings
        return aws.s3.BucketLogging(
            name,
            bucket=bucket.bucket,
            target_bucket=settings.log_bucket(place.account),
            target_prefix=settings.access_logs.prefix,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=logs.ready if logs else None, deleted_with=bucket
            ),
        )
