"""Resources of the provider aws-native, read as the classic provider's that declare the same thing.

aws-native takes CloudFormation's properties. Those that are translated here are compared like any other; a
property that is not translated is listed, so that the control it belongs to says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from s3_perimeter.stack.state import Block, Resource

__all__ = ["as_classic", "unread"]

# Type of aws-native: the classic kind, and what its properties are called there.
_RENAMED: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "aws-native:s3:BucketPolicy": ("s3/bucketPolicy", {"policyDocument": "policy"}),
    "aws-native:s3:AccessPoint": ("s3/accessPoint", {}),
    "aws-native:iam:User": ("iam/user", {"userName": "name"}),
    "aws-native:iam:UserPolicy": (
        "iam/userPolicy",
        {"userName": "user", "policyName": "name", "policyDocument": "policy"},
    ),
    "aws-native:iam:AccessKey": ("iam/accessKey", {"userName": "user"}),
    "aws-native:iam:Group": ("iam/group", {"groupName": "name"}),
    "aws-native:iam:GroupPolicy": (
        "iam/groupPolicy",
        {"groupName": "group", "policyName": "name", "policyDocument": "policy"},
    ),
    "aws-native:iam:ManagedPolicy": (
        "iam/policy",
        {"managedPolicyName": "name", "policyArn": "arn", "policyDocument": "policy"},
    ),
    "aws-native:organizations:Policy": ("organizations/policy", {}),
    "aws-native:kms:Key": ("kms/key", {"keyPolicy": "policy", "enabled": "isEnabled"}),
    "aws-native:s3:Bucket": ("s3/bucket", {"bucketName": "bucket"}),
}

# The bucket's properties of aws-native that no control compares, with the kinds that they declare.
_UNREAD: Final[dict[str, str]] = {
    "analyticsConfigurations": "s3/analyticsConfiguration",
    "corsConfiguration": "s3/bucketCorsConfiguration",
    "intelligentTieringConfigurations": "s3/bucketIntelligentTieringConfiguration",
    "inventoryConfigurations": "s3/inventory",
    "lifecycleConfiguration": "s3/bucketLifecycleConfiguration",
    "metadataConfiguration": "s3/bucketMetadataConfiguration",
    "metadataTableConfiguration": "s3/bucketMetadataConfiguration",
    "metricsConfigurations": "s3/bucketMetric",
    "notificationConfiguration": "s3/bucketNotification",
    "objectLockConfiguration": "s3/bucketObjectLockConfiguration",
    "replicationConfiguration": "s3/bucketReplicationConfig",
    "websiteConfiguration": "s3/bucketWebsiteConfiguration",
}

_CANNED: Final = {
    "AuthenticatedRead": "authenticated-read",
    "LogDeliveryWrite": "log-delivery-write",
    "Private": "private",
    "PublicRead": "public-read",
    "PublicReadWrite": "public-read-write",
}


def as_classic(resource: Resource) -> tuple[Resource, ...]:
    """Return the resource as classic ones: itself where it is one, else it and the parts that it holds.

    Raises ShapeError where a property is not of the kind that aws-native writes.
    """
    known = _RENAMED.get(resource.type)
    if known is None:
        return (resource,)
    kind, names = known

    def renamed(values: Mapping[str, Any]) -> dict[str, Any]:
        return {names.get(name, name): value for name, value in values.items()}

    base = replace(resource, kind=kind, inputs=renamed(resource.inputs), outputs=renamed(resource.outputs))
    if isinstance(listed := base.get("tags"), list):
        tags = {str(tag.get("key")): str(tag.get("value")) for tag in listed if isinstance(tag, dict)}
        base = replace(base, inputs={**base.inputs, "tags": tags})
    parts = _PARTS.get(kind)
    return (base, *(parts(base) if parts else ()))


def unread(resource: Resource) -> frozenset[str]:
    """Return the kinds that a bucket of aws-native declares in properties that are not compared."""
    if resource.type != "aws-native:s3:Bucket":
        return frozenset()
    return frozenset(kind for name, kind in _UNREAD.items() if resource.inputs.get(name))


def _part(owner: Resource, kind: str, **inputs: Any) -> Resource:
    return replace(owner, kind=kind, inputs=inputs, outputs={})


def _bucket_parts(bucket: Resource) -> Iterator[Resource]:
    """Yield what the classic provider declares next to a bucket."""
    given = bucket.given
    named = {"bucket": bucket.text("bucket") or bucket.id}
    if "publicAccessBlockConfiguration" in given:
        block = given.block("publicAccessBlockConfiguration")
        yield _part(bucket, "s3/bucketPublicAccessBlock", **named, **block.values)
    for rule in given.block("ownershipControls").blocks("rules"):
        yield _part(bucket, "s3/bucketOwnershipControls", **named, rule=dict(rule.values))
    if "bucketEncryption" in given:
        rules = given.block("bucketEncryption").blocks("serverSideEncryptionConfiguration")
        yield _part(
            bucket,
            "s3/bucketServerSideEncryptionConfiguration",
            **named,
            rules=[_encryption(rule) for rule in rules],
        )
    if "versioningConfiguration" in given:
        status = given.block("versioningConfiguration").text("status")
        yield _part(bucket, "s3/bucketVersioning", **named, versioningConfiguration={"status": status})
    if "loggingConfiguration" in given:
        logging = given.block("loggingConfiguration")
        yield _part(
            bucket,
            "s3/bucketLogging",
            **named,
            targetBucket=logging.text("destinationBucketName") or named["bucket"],
            targetPrefix=logging.text("logFilePrefix"),
        )
    if "accelerateConfiguration" in given:
        status = given.block("accelerateConfiguration").text("accelerationStatus")
        yield _part(bucket, "s3/bucketAccelerateConfiguration", **named, status=status)
    if "abacStatus" in given:
        status = given.text("abacStatus")
        yield _part(bucket, "s3/bucketAbac", **named, abacStatus={"status": status})
    if "accessControl" in given:
        canned = given.text("accessControl") or ""
        yield _part(bucket, "s3/bucketAcl", **named, acl=_CANNED.get(canned, canned))


def _encryption(rule: Block) -> dict[str, Any]:
    default = rule.block("serverSideEncryptionByDefault")
    return {
        "applyServerSideEncryptionByDefault": {
            "sseAlgorithm": default.text("sseAlgorithm"),
            "kmsMasterKeyId": default.text("kmsMasterKeyId"),
        },
        "bucketKeyEnabled": rule.flag("bucketKeyEnabled"),
        "blockedEncryptionTypes": list(rule.block("blockedEncryptionTypes").texts("encryptionType")),
    }


def _user_parts(user: Resource) -> Iterator[Resource]:
    given, named = user.given, {"user": user.text("name") or user.id}
    for arn in given.texts("managedPolicyArns"):
        yield _part(user, "iam/userPolicyAttachment", **named, policyArn=arn)
    for policy in given.blocks("policies"):
        name, document = policy.text("policyName"), policy.document("policyDocument")
        yield _part(user, "iam/userPolicy", **named, name=name, policy=document)
    if groups := given.texts("groups"):
        yield _part(user, "iam/userGroupMembership", **named, groups=list(groups))
    if "loginProfile" in given:
        yield _part(user, "iam/userLoginProfile", **named)


def _group_parts(group: Resource) -> Iterator[Resource]:
    given, named = group.given, {"group": group.text("name") or group.id}
    for arn in given.texts("managedPolicyArns"):
        yield _part(group, "iam/groupPolicyAttachment", **named, policyArn=arn)
    for policy in given.blocks("policies"):
        name, document = policy.text("policyName"), policy.document("policyDocument")
        yield _part(group, "iam/groupPolicy", **named, name=name, policy=document)


def _policy_parts(policy: Resource) -> Iterator[Resource]:
    given = policy.given
    holders = {kind: list(given.texts(kind)) for kind in ("users", "groups", "roles")}
    if any(holders.values()):
        arn = policy.text("arn") or policy.id
        yield _part(policy, "iam/policyAttachment", policyArn=arn, **holders)


def _attachments(policy: Resource) -> Iterator[Resource]:
    for target in policy.given.texts("targetIds"):
        yield _part(policy, "organizations/policyAttachment", policyId=policy.id, targetId=target)


_PARTS: Final[dict[str, Callable[[Resource], Iterator[Resource]]]] = {
    "s3/bucket": _bucket_parts,
    "iam/user": _user_parts,
    "iam/group": _group_parts,
    "iam/policy": _policy_parts,
    "organizations/policy": _attachments,
}
