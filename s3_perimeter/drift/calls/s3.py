"""Questions about one bucket, each with ExpectedBucketOwner: S3 refuses them for a stranger's bucket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from s3_perimeter.drift.calls import iam
from s3_perimeter.drift.facts import Answer, Call
from s3_perimeter.drift.subjects import Bucket

__all__ = [
    "acceleration",
    "acl",
    "analytics",
    "attribute_access",
    "cors",
    "encryption",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metadata",
    "metadata_table",
    "metrics",
    "notifications",
    "object_lock",
    "own_bucket",
    "ownership",
    "policy",
    "policy_status",
    "public_access_block",
    "replication",
    "request_payment",
    "tags",
    "tiering",
    "versioning",
    "website",
]


def _ask(
    bucket: Bucket, operation: str, action: str, *absent: str, extra: tuple[tuple[str, str], ...] = ()
) -> Call:
    owner = (("ExpectedBucketOwner", bucket.account),) if bucket.account else ()
    return Call(
        service="s3",
        operation=operation,
        params=(("Bucket", bucket.name), *owner, *extra),
        action=f"s3:{action}",
        absent=frozenset(absent),
        region=bucket.region,
    )


def own_bucket(bucket: Bucket) -> Call:
    """Return the question for the caller's own buckets whose names begin with this one's, each with region
    and date of creation.
    """
    return Call(
        service="s3",
        operation="list_buckets",
        params=(("Prefix", bucket.name),),
        action="s3:ListAllMyBuckets",
        region=bucket.region,
    )


def location(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_location", "GetBucketLocation", "NoSuchBucket")


def policy(bucket: Bucket) -> Call:
    """Return the question for the bucket's policy; it raises one for the principals, if AWS shows ids instead
    of names.
    """

    def named(answer: Answer) -> Iterable[Call]:
        return iam.whose_ids(answer.get("Policy"))

    return replace(_ask(bucket, "get_bucket_policy", "GetBucketPolicy", "NoSuchBucketPolicy"), then=named)


def policy_status(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_policy_status", "GetBucketPolicyStatus", "NoSuchBucketPolicy")


def public_access_block(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_public_access_block",
        "GetBucketPublicAccessBlock",
        "NoSuchPublicAccessBlockConfiguration",
    )


def ownership(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_bucket_ownership_controls",
        "GetBucketOwnershipControls",
        "OwnershipControlsNotFoundError",
    )


def acl(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_acl", "GetBucketAcl")


def encryption(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_bucket_encryption",
        "GetEncryptionConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    )


def versioning(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_versioning", "GetBucketVersioning")


def logging(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_logging", "GetBucketLogging")


def lifecycle(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_bucket_lifecycle_configuration",
        "GetLifecycleConfiguration",
        "NoSuchLifecycleConfiguration",
    )


def tags(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_tagging", "GetBucketTagging", "NoSuchTagSet")


def object_lock(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_object_lock_configuration",
        "GetBucketObjectLockConfiguration",
        "ObjectLockConfigurationNotFoundError",
    )


def website(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_website", "GetBucketWebsite", "NoSuchWebsiteConfiguration")


def cors(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_cors", "GetBucketCORS", "NoSuchCORSConfiguration")


def replication(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_bucket_replication",
        "GetReplicationConfiguration",
        "ReplicationConfigurationNotFoundError",
    )


def notifications(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_notification_configuration", "GetBucketNotification")


def inventory(bucket: Bucket) -> Call:
    return _ask(bucket, "list_bucket_inventory_configurations", "GetInventoryConfiguration")


def analytics(bucket: Bucket) -> Call:
    return _ask(bucket, "list_bucket_analytics_configurations", "GetAnalyticsConfiguration")


def acceleration(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_accelerate_configuration", "GetAccelerateConfiguration")


def attribute_access(bucket: Bucket) -> Call:
    """Whether the bucket's tags count in policies."""
    return _ask(bucket, "get_bucket_abac", "GetBucketAbac")


def request_payment(bucket: Bucket) -> Call:
    return _ask(bucket, "get_bucket_request_payment", "GetBucketRequestPayment")


def tiering(bucket: Bucket) -> Call:
    return _ask(
        bucket, "list_bucket_intelligent_tiering_configurations", "GetIntelligentTieringConfiguration"
    )


def metadata(bucket: Bucket) -> Call:
    return _ask(
        bucket,
        "get_bucket_metadata_configuration",
        "GetBucketMetadataTableConfiguration",
        "MetadataConfigurationNotFound",
    )


def metadata_table(bucket: Bucket) -> Call:
    """Return the question for S3 Metadata's configuration in the form that it had until July 2025."""
    return _ask(
        bucket,
        "get_bucket_metadata_table_configuration",
        "GetBucketMetadataTableConfiguration",
        "MetadataConfigurationNotFound",
        "MetadataTableConfigurationNotFound",
    )


def metrics(bucket: Bucket) -> Call:
    return _ask(bucket, "list_bucket_metrics_configurations", "GetMetricsConfiguration")
