"""Safeguards: what every bucket of ours has, declared in the order that never leaves it open."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

__all__ = ["Safeguards"]


@dataclass(frozen=True, slots=True)
class Safeguards:
    """The public-access block, policy, ownership, encryption and versioning of one bucket.

    No access key may become usable before ``all`` of them are in place, so users depend on it. None of them
    is removed before the bucket (``deleted_with``), so the Deny is in force as long as the bucket exists. S3
    keeps one of each for a bucket, so deleting one that was renamed or replaced would delete its replacement
    (``retain_on_delete``).
    """

    policy: aws.s3.BucketPolicy
    all: tuple[pulumi.Resource, ...]

    @classmethod
    def around(
        cls,
        name: str,
        bucket: aws.s3.Bucket,
        *,
        parent: pulumi.Resource,
        policy: pulumi.Input[str],
        key_arn: pulumi.Input[str] | None,
        versioning: bool,
    ) -> Safeguards:
        """Declare the safeguards around ``bucket``; without a KMS key's ``key_arn`` it uses SSE-S3."""
        with_the_bucket = pulumi.ResourceOptions(parent=parent, deleted_with=bucket, retain_on_delete=True)
        public_access = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=with_the_bucket,
        )
        bucket_policy = aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=policy,
            # First the block, then the policy: no policy is ever judged by S3 without it.
            opts=pulumi.ResourceOptions.merge(
                with_the_bucket, pulumi.ResourceOptions(depends_on=[public_access])
            ),
        )
        ownership = aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=with_the_bucket,
        )
        default: dict[str, pulumi.Input[str]] = {"sse_algorithm": "AES256"}
        if key_arn is not None:
            default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn}
        encryption = aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": default,
                    "bucket_key_enabled": key_arn is not None,
                    # With a key of the caller's own, nobody else could ever read what they wrote.
                    "blocked_encryption_types": ["SSE-C"],
                }
            ],
            opts=with_the_bucket,
        )
        versions = aws.s3.BucketVersioning(
            name,
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled" if versioning else "Suspended"},
            opts=with_the_bucket,
        )
        return cls(bucket_policy, (public_access, bucket_policy, ownership, encryption, versions))
