"""Changes to what else a bucket has: its settings, and ways out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.e2e.drift.changes.mutation import ACCOUNT, REGION, Target, Undo, mutation, new_name


@mutation("bucket-public-access-block", "critical", "missing")
def public_access_block_deleted(t: Target) -> Undo:
    before = t.s3.get_public_access_block(Bucket=t.bucket)["PublicAccessBlockConfiguration"]
    t.s3.delete_public_access_block(Bucket=t.bucket)
    return lambda: t.s3.put_public_access_block(Bucket=t.bucket, PublicAccessBlockConfiguration=before)


@mutation("bucket-public-access-block", "critical", "changed")
def one_switch_of_the_public_access_block_off(t: Target) -> Undo:
    before = t.s3.get_public_access_block(Bucket=t.logs)["PublicAccessBlockConfiguration"]
    t.s3.put_public_access_block(
        Bucket=t.logs, PublicAccessBlockConfiguration={**before, "RestrictPublicBuckets": False}
    )
    return lambda: t.s3.put_public_access_block(Bucket=t.logs, PublicAccessBlockConfiguration=before)


def _ownership(t: Target, value: str) -> None:
    t.s3.put_bucket_ownership_controls(
        Bucket=t.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": value}]}
    )


@mutation("bucket-ownership", "high", "changed")
def object_ownership_given_to_writers(t: Target) -> Undo:
    _ownership(t, "ObjectWriter")
    return lambda: _ownership(t, "BucketOwnerEnforced")


@mutation("bucket-ownership", "high", "missing")
def ownership_controls_deleted(t: Target) -> Undo:
    t.s3.delete_bucket_ownership_controls(Bucket=t.bucket)
    return lambda: _ownership(t, "BucketOwnerEnforced")


def _encryption(t: Target, change: Callable[[dict[str, Any]], Any]) -> Undo:
    before = t.s3.get_bucket_encryption(Bucket=t.bucket)["ServerSideEncryptionConfiguration"]
    after = json.loads(json.dumps(before))
    change(after["Rules"][0])
    t.s3.put_bucket_encryption(Bucket=t.bucket, ServerSideEncryptionConfiguration=after)
    return lambda: t.s3.put_bucket_encryption(Bucket=t.bucket, ServerSideEncryptionConfiguration=before)


@mutation("bucket-encryption", "high", "changed")
def encryption_with_another_key(t: Target) -> Undo:
    other = {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    }
    return _encryption(t, lambda rule: rule.update(ApplyServerSideEncryptionByDefault=other))


@mutation("bucket-encryption", "high", "changed")
def bucket_key_switched(t: Target) -> Undo:
    return _encryption(t, lambda rule: rule.update(BucketKeyEnabled=not rule.get("BucketKeyEnabled", False)))


@mutation("bucket-versioning", "high", "changed")
def versioning_suspended(t: Target) -> Undo:
    t.s3.put_bucket_versioning(Bucket=t.bucket, VersioningConfiguration={"Status": "Suspended"})
    return lambda: t.s3.put_bucket_versioning(Bucket=t.bucket, VersioningConfiguration={"Status": "Enabled"})


def _logging(t: Target, status: dict[str, Any]) -> Undo:
    before = t.s3.get_bucket_logging(Bucket=t.bucket)["LoggingEnabled"]
    t.s3.put_bucket_logging(Bucket=t.bucket, BucketLoggingStatus=status)
    return lambda: t.s3.put_bucket_logging(Bucket=t.bucket, BucketLoggingStatus={"LoggingEnabled": before})


@mutation("bucket-logging", "high", "missing")
def access_logs_switched_off(t: Target) -> Undo:
    return _logging(t, {})


@mutation("bucket-logging", "high", "changed")
def access_logs_sent_elsewhere(t: Target) -> Undo:
    return _logging(t, {"LoggingEnabled": {"TargetBucket": t.bucket, "TargetPrefix": "hidden/"}})


@mutation("bucket-lifecycle", "high", "changed")
def logs_expire_sooner(t: Target) -> Undo:
    before = t.s3.get_bucket_lifecycle_configuration(Bucket=t.logs)["Rules"]
    after = json.loads(json.dumps(before))
    after[0]["Expiration"] = {"Days": 1}
    t.s3.put_bucket_lifecycle_configuration(Bucket=t.logs, LifecycleConfiguration={"Rules": after})
    return lambda: t.s3.put_bucket_lifecycle_configuration(
        Bucket=t.logs, LifecycleConfiguration={"Rules": before}
    )


def _lifecycle_restored(t: Target, before: list[Any] | None) -> None:
    if before is None:
        t.s3.delete_bucket_lifecycle(Bucket=t.bucket)
    else:
        t.s3.put_bucket_lifecycle_configuration(Bucket=t.bucket, LifecycleConfiguration={"Rules": before})


def _lifecycle(t: Target) -> list[Any] | None:
    try:
        rules: list[Any] = t.s3.get_bucket_lifecycle_configuration(Bucket=t.bucket)["Rules"]
    except t.s3.exceptions.ClientError:
        return None
    return rules


@mutation("bucket-lifecycle", "high", "any")
def data_expires(t: Target) -> Undo:
    before = _lifecycle(t)
    rule = {"ID": "gone", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    t.s3.put_bucket_lifecycle_configuration(
        Bucket=t.bucket, LifecycleConfiguration={"Rules": [*(before or []), rule]}
    )
    return lambda: _lifecycle_restored(t, before)


@mutation("bucket-tags", "low", "changed")
def bucket_tag_added(t: Target) -> Undo:
    before = t.s3.get_bucket_tagging(Bucket=t.bucket)["TagSet"]
    t.s3.put_bucket_tagging(Bucket=t.bucket, Tagging={"TagSet": [*before, {"Key": "public", "Value": "yes"}]})
    return lambda: t.s3.put_bucket_tagging(Bucket=t.bucket, Tagging={"TagSet": before})


@mutation("bucket-tags", "low", "changed")
def bucket_tags_removed(t: Target) -> Undo:
    before = t.s3.get_bucket_tagging(Bucket=t.logs)["TagSet"]
    t.s3.delete_bucket_tagging(Bucket=t.logs)
    return lambda: t.s3.put_bucket_tagging(Bucket=t.logs, Tagging={"TagSet": before})


def log_delivery_granted_by_acl(t: Target) -> Undo:
    """Two changes, since S3 refuses grants while the owner owns everything: the ownership, then the ACL."""
    before = t.s3.get_bucket_acl(Bucket=t.bucket)
    kept = {"Owner": before["Owner"], "Grants": before["Grants"]}
    uri = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    grant = {"Grantee": {"Type": "Group", "URI": uri}, "Permission": "WRITE"}
    _ownership(t, "ObjectWriter")
    t.s3.put_bucket_acl(Bucket=t.bucket, AccessControlPolicy={**kept, "Grants": [*kept["Grants"], grant]})

    def undo() -> None:
        t.s3.put_bucket_acl(Bucket=t.bucket, AccessControlPolicy=kept)
        _ownership(t, "BucketOwnerEnforced")

    return undo


@mutation("bucket-website", "high", "unmanaged")
def website_switched_on(t: Target) -> Undo:
    t.s3.put_bucket_website(Bucket=t.bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    return lambda: t.s3.delete_bucket_website(Bucket=t.bucket)


@mutation("bucket-cors", "medium", "unmanaged")
def web_origin_allowed(t: Target) -> Undo:
    t.s3.put_bucket_cors(
        Bucket=t.bucket,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    return lambda: t.s3.delete_bucket_cors(Bucket=t.bucket)


@mutation("bucket-replication", "critical", "unmanaged")
def replication_out_of_the_bucket(t: Target) -> Undo:
    elsewhere = new_name("elsewhere")
    t.s3.create_bucket(Bucket=elsewhere, CreateBucketConfiguration={"LocationConstraint": REGION})
    t.s3.put_bucket_versioning(Bucket=elsewhere, VersioningConfiguration={"Status": "Enabled"})
    t.s3.put_bucket_replication(
        Bucket=t.bucket,
        ReplicationConfiguration={
            "Role": f"arn:aws:iam::{ACCOUNT}:role/replication",
            "Rules": [
                {
                    "ID": "out",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::{elsewhere}"},
                }
            ],
        },
    )

    def undo() -> None:
        t.s3.delete_bucket_replication(Bucket=t.bucket)
        t.s3.delete_bucket(Bucket=elsewhere)

    return undo


@mutation("bucket-inventory", "high", "unmanaged")
def inventory_delivered(t: Target) -> Undo:
    t.s3.put_bucket_inventory_configuration(
        Bucket=t.bucket,
        Id="names",
        InventoryConfiguration={
            "Id": "names",
            "IsEnabled": True,
            "IncludedObjectVersions": "All",
            "Schedule": {"Frequency": "Daily"},
            "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::elsewhere", "Format": "CSV"}},
        },
    )
    return lambda: t.s3.delete_bucket_inventory_configuration(Bucket=t.bucket, Id="names")


@mutation("bucket-analytics", "medium", "unmanaged")
def analysis_exported(t: Target) -> Undo:
    target = {"S3BucketDestination": {"Bucket": "arn:aws:s3:::elsewhere", "Format": "CSV"}}
    t.s3.put_bucket_analytics_configuration(
        Bucket=t.bucket,
        Id="use",
        AnalyticsConfiguration={
            "Id": "use",
            "StorageClassAnalysis": {"DataExport": {"OutputSchemaVersion": "V_1", "Destination": target}},
        },
    )
    return lambda: t.s3.delete_bucket_analytics_configuration(Bucket=t.bucket, Id="use")


@mutation("bucket-metrics", "low", "unmanaged")
def request_metrics_published(t: Target) -> Undo:
    t.s3.put_bucket_metrics_configuration(Bucket=t.bucket, Id="all", MetricsConfiguration={"Id": "all"})
    return lambda: t.s3.delete_bucket_metrics_configuration(Bucket=t.bucket, Id="all")


@mutation("bucket-notifications", "high", "unmanaged")
def events_sent_to_the_bus(t: Target) -> Undo:
    t.s3.put_bucket_notification_configuration(
        Bucket=t.bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return lambda: t.s3.put_bucket_notification_configuration(Bucket=t.bucket, NotificationConfiguration={})


@mutation("bucket-access-points", "high", "unmanaged")
def access_point_made(t: Target) -> Undo:
    name = new_name("spare")
    t.control.create_access_point(AccountId=ACCOUNT, Name=name, Bucket=t.bucket)
    return lambda: t.control.delete_access_point(AccountId=ACCOUNT, Name=name)


@mutation("bucket-multi-region-access-points", "high", "unmanaged")
def multi_region_access_point_made(t: Target) -> Undo:
    name = new_name("world")
    t.multi_region.create_multi_region_access_point(
        AccountId=ACCOUNT, ClientToken=name, Details={"Name": name, "Regions": [{"Bucket": t.bucket}]}
    )
    return lambda: t.multi_region.delete_multi_region_access_point(
        AccountId=ACCOUNT, ClientToken=new_name("gone"), Details={"Name": name}
    )


@mutation("bucket-attribute-access", "medium", "changed")
def tags_made_to_count(t: Target) -> Undo:
    t.s3.put_bucket_abac(Bucket=t.bucket, AbacStatus={"Status": "Enabled"})
    return lambda: t.s3.put_bucket_abac(Bucket=t.bucket, AbacStatus={"Status": "Disabled"})


@mutation("bucket-acceleration", "medium", "changed")
def second_endpoint_switched_on(t: Target) -> Undo:
    t.s3.put_bucket_accelerate_configuration(Bucket=t.bucket, AccelerateConfiguration={"Status": "Enabled"})
    off = {"Status": "Suspended"}
    return lambda: t.s3.put_bucket_accelerate_configuration(Bucket=t.bucket, AccelerateConfiguration=off)


@mutation("bucket-request-payment", "low", "changed")
def requester_made_to_pay(t: Target) -> Undo:
    def paid_by(payer: str) -> None:
        t.s3.put_bucket_request_payment(Bucket=t.bucket, RequestPaymentConfiguration={"Payer": payer})

    paid_by("Requester")
    return lambda: paid_by("BucketOwner")


@mutation("bucket-intelligent-tiering", "medium", "unmanaged")
def objects_archived_by_access(t: Target) -> Undo:
    t.s3.put_bucket_intelligent_tiering_configuration(
        Bucket=t.bucket,
        Id="cold",
        IntelligentTieringConfiguration={
            "Id": "cold",
            "Status": "Enabled",
            "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}],
        },
    )
    return lambda: t.s3.delete_bucket_intelligent_tiering_configuration(Bucket=t.bucket, Id="cold")


@mutation("bucket-metadata-tables", "high", "unmanaged")
def metadata_tables_kept(t: Target) -> Undo:
    t.s3.create_bucket_metadata_configuration(
        Bucket=t.bucket,
        MetadataConfiguration={
            "JournalTableConfiguration": {"RecordExpiration": {"Expiration": "DISABLED"}},
            "InventoryTableConfiguration": {"ConfigurationState": "ENABLED"},
        },
    )
    return lambda: t.s3.delete_bucket_metadata_configuration(Bucket=t.bucket)
