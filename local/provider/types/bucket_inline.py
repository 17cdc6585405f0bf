"""The settings that can also be declared inside aws.s3.Bucket (deprecated, but programs have them)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.provider.failures import gone
from local.provider.properties import block, document, flag, listed, mapping, text, unordered, whole
from local.provider.scalars import Property
from local.provider.types import bucket_encryption
from local.provider.values import Props


@dataclass(frozen=True, slots=True)
class Inline:
    """One setting: its property, and how it is read and written. ``read`` gives None where there is none."""

    form: Property
    read: Callable[[Any, str], Any]
    write: Callable[[Any, str, Any], None]
    absent: frozenset[str] = frozenset()

    def find(self, s3: Any, bucket: str) -> Any:
        """What is set now; None where nothing is."""
        try:
            return self.read(s3, bucket)
        except ClientError as error:
            if gone(error, self.absent):
                return None
            raise


def acceleration_read(s3: Any, bucket: str) -> Any:
    return s3.get_bucket_accelerate_configuration(Bucket=bucket).get("Status")


def acceleration_write(s3: Any, bucket: str, value: str) -> None:
    s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": value})


def acl_write(s3: Any, bucket: str, value: str) -> None:
    s3.put_bucket_acl(Bucket=bucket, ACL=value)


CORS_RULE = block(
    {
        "allowedMethods": listed(text(), required=True),
        "allowedOrigins": listed(text(), required=True),
        "allowedHeaders": listed(text()),
        "exposeHeaders": listed(text()),
        "maxAgeSeconds": whole(),
    }
)


def cors_read(s3: Any, bucket: str) -> Any:
    return [CORS_RULE.from_aws(rule) for rule in s3.get_bucket_cors(Bucket=bucket)["CORSRules"]]


def cors_write(s3: Any, bucket: str, value: list[Props]) -> None:
    rules = [CORS_RULE.to_aws(rule) for rule in value]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})


GRANT = block(
    {
        "permissions": unordered(text(), required=True),
        "type": text(required=True),
        "id": text(),
        "uri": text(),
    }
)


def grants_read(s3: Any, bucket: str) -> Any:
    found: dict[tuple[str, str, str], list[str]] = {}
    for grant in s3.get_bucket_acl(Bucket=bucket).get("Grants") or []:
        grantee = grant["Grantee"]
        key = (grantee.get("Type", ""), grantee.get("ID", ""), grantee.get("URI", ""))
        found.setdefault(key, []).append(grant["Permission"])
    grants = [
        {"type": kind, "id": identity, "uri": uri, "permissions": sorted(permissions)}
        for (kind, identity, uri), permissions in found.items()
    ]
    return [{key: value for key, value in grant.items() if value} for grant in grants]


def grants_write(s3: Any, bucket: str, value: list[Props]) -> None:
    grants = [
        {
            "Grantee": {
                "Type": grant["type"],
                **({"ID": grant["id"]} if grant.get("id") else {}),
                **({"URI": grant["uri"]} if grant.get("uri") else {}),
            },
            "Permission": permission,
        }
        for grant in value
        for permission in grant["permissions"]
    ]
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Owner": owner, "Grants": grants})


LIFECYCLE_RULE = block(
    {
        "enabled": flag(required=True),
        "abortIncompleteMultipartUploadDays": whole(),
        "expiration": block({"date": text(), "days": whole(), "expiredObjectDeleteMarker": flag()}),
        "id": text(computed=True, aws="ID"),
        "noncurrentVersionExpiration": block({"days": whole(aws="NoncurrentDays")}),
        "noncurrentVersionTransitions": unordered(
            block({"storageClass": text(required=True), "days": whole(aws="NoncurrentDays")})
        ),
        "prefix": text(),
        "tags": mapping(text()),
        "transitions": unordered(
            block({"storageClass": text(required=True), "date": text(), "days": whole()})
        ),
    }
)


def lifecycle_read(s3: Any, bucket: str) -> Any:
    return [
        lifecycle_rule(rule)
        for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket).get("Rules") or []
    ]


def lifecycle_rule(rule: Props) -> Props:
    """One lifecycle rule in the inline form, which has prefix and tags instead of a filter."""
    found: Props = LIFECYCLE_RULE.from_aws(rule)
    chosen = rule.get("Filter") or {}
    both = {**chosen, **(chosen.get("And") or {})}
    tags = both.get("Tags") or ([both["Tag"]] if both.get("Tag") else [])
    days = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
    return {
        **found,
        "enabled": rule["Status"] == "Enabled",
        **({"prefix": both["Prefix"]} if both.get("Prefix") else {}),
        **({"tags": {tag["Key"]: tag["Value"] for tag in tags}} if tags else {}),
        **({"abortIncompleteMultipartUploadDays": days} if days else {}),
    }


def lifecycle_write(s3: Any, bucket: str, value: list[Props]) -> None:
    rules = []
    for index, rule in enumerate(value):
        body = LIFECYCLE_RULE.to_aws(
            {key: item for key, item in rule.items() if key not in ("prefix", "tags", "enabled")}
        )
        days = body.pop("AbortIncompleteMultipartUploadDays", None)
        tags = [{"Key": key, "Value": item} for key, item in (rule.get("tags") or {}).items()]
        prefix = {"Prefix": rule.get("prefix") or ""}
        rules.append(
            {
                "ID": f"rule-{index}",
                **{key: item for key, item in body.items() if item != []},
                "Status": "Enabled" if rule["enabled"] else "Disabled",
                "Filter": {"And": {**prefix, "Tags": tags}} if tags else prefix,
                **({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days}} if days else {}),
            }
        )
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


LOGGING = block({"targetBucket": text(required=True), "targetPrefix": text()}, computed=True)


def logging_read(s3: Any, bucket: str) -> Any:
    enabled = s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
    return LOGGING.from_aws(enabled) if enabled else None


def logging_write(s3: Any, bucket: str, value: Props) -> None:
    wanted = {"TargetPrefix": "", **LOGGING.to_aws(value)}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": wanted})


OBJECT_LOCK = block(
    {
        "objectLockEnabled": text(),
        "rule": block(
            {"defaultRetention": block({"days": whole(), "mode": text(), "years": whole()}, required=True)}
        ),
    },
    computed=True,
)


def object_lock_read(s3: Any, bucket: str) -> Any:
    found = s3.get_object_lock_configuration(Bucket=bucket).get("ObjectLockConfiguration")
    return OBJECT_LOCK.from_aws(found) if found else None


def object_lock_write(s3: Any, bucket: str, value: Props) -> None:
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=OBJECT_LOCK.to_aws(value))


def policy_read(s3: Any, bucket: str) -> Any:
    return s3.get_bucket_policy(Bucket=bucket)["Policy"]


def policy_write(s3: Any, bucket: str, value: str) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=value)


def payer_read(s3: Any, bucket: str) -> Any:
    return s3.get_bucket_request_payment(Bucket=bucket).get("Payer")


def payer_write(s3: Any, bucket: str, value: str) -> None:
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": value})


ENCRYPTION = block(
    {
        "rule": block(
            {
                **bucket_encryption.RULE.fields,
                "applyServerSideEncryptionByDefault": block(
                    bucket_encryption.BY_DEFAULT.fields, required=True
                ),
            },
            required=True,
        )
    },
    computed=True,
)


def encryption_read(s3: Any, bucket: str) -> Any:
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    return {"rule": bucket_encryption.rule_from_aws(rules[0])} if rules else None


def encryption_write(s3: Any, bucket: str, value: Props) -> None:
    rules = [bucket_encryption.rule_to_aws(value["rule"])]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


VERSIONING = block({"enabled": flag(), "mfaDelete": flag()}, computed=True)


def versioning_read(s3: Any, bucket: str) -> Any:
    found = s3.get_bucket_versioning(Bucket=bucket)
    return {"enabled": found.get("Status") == "Enabled", "mfaDelete": found.get("MFADelete") == "Enabled"}


def versioning_write(s3: Any, bucket: str, value: Props) -> None:
    """Set it; a bucket that never had versioning stays so where none is wanted."""
    wanted = "Enabled" if value.get("enabled") else "Suspended"
    if wanted == "Enabled" or s3.get_bucket_versioning(Bucket=bucket).get("Status"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": wanted})


WEBSITE = block(
    {
        "errorDocument": text(),
        "indexDocument": text(),
        "redirectAllRequestsTo": text(),
        "routingRules": document(),
    },
    computed=True,
)


def website_read(s3: Any, bucket: str) -> Any:
    found = s3.get_bucket_website(Bucket=bucket)
    redirect = found.get("RedirectAllRequestsTo") or {}
    protocol = f"{redirect['Protocol']}://" if redirect.get("Protocol") else ""
    values = {
        "errorDocument": (found.get("ErrorDocument") or {}).get("Key"),
        "indexDocument": (found.get("IndexDocument") or {}).get("Suffix"),
        "redirectAllRequestsTo": f"{protocol}{redirect['HostName']}" if redirect else None,
        "routingRules": json.dumps(found["RoutingRules"]) if found.get("RoutingRules") else None,
    }
    return {key: value for key, value in values.items() if value}


def website_write(s3: Any, bucket: str, value: Props) -> None:
    body: Props = {}
    if value.get("redirectAllRequestsTo"):
        protocol, _, host = value["redirectAllRequestsTo"].rpartition("://")
        body["RedirectAllRequestsTo"] = {"HostName": host, **({"Protocol": protocol} if protocol else {})}
    if value.get("indexDocument"):
        body["IndexDocument"] = {"Suffix": value["indexDocument"]}
    if value.get("errorDocument"):
        body["ErrorDocument"] = {"Key": value["errorDocument"]}
    if value.get("routingRules"):
        body["RoutingRules"] = json.loads(value["routingRules"])
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=body)


def nothing_read(_s3: Any, _bucket: str) -> Any:
    """What S3 does not give back in the form in which it was set."""
    return None


INLINE: Mapping[str, Inline] = {
    "accelerationStatus": Inline(text(computed=True), acceleration_read, acceleration_write),
    "acl": Inline(text(kept=True), nothing_read, acl_write),
    "corsRules": Inline(
        listed(CORS_RULE, computed=True), cors_read, cors_write, frozenset({"NoSuchCORSConfiguration"})
    ),
    "grants": Inline(unordered(GRANT, computed=True), grants_read, grants_write),
    "lifecycleRules": Inline(
        listed(LIFECYCLE_RULE, computed=True),
        lifecycle_read,
        lifecycle_write,
        frozenset({"NoSuchLifecycleConfiguration"}),
    ),
    "logging": Inline(LOGGING, logging_read, logging_write),
    "objectLockConfiguration": Inline(
        OBJECT_LOCK,
        object_lock_read,
        object_lock_write,
        frozenset({"ObjectLockConfigurationNotFoundError"}),
    ),
    "policy": Inline(document(computed=True), policy_read, policy_write, frozenset({"NoSuchBucketPolicy"})),
    "requestPayer": Inline(text(computed=True), payer_read, payer_write),
    "serverSideEncryptionConfiguration": Inline(
        ENCRYPTION,
        encryption_read,
        encryption_write,
        frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
    ),
    "versioning": Inline(VERSIONING, versioning_read, versioning_write),
    "website": Inline(WEBSITE, website_read, website_write, frozenset({"NoSuchWebsiteConfiguration"})),
}
"""By property, in the order in which they are written."""
