"""Which Pulumi type tokens stand for which S3 and IAM thing, in the aws and the aws-native provider."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ACCESS_KEY",
    "ACL",
    "ANALYTICS",
    "ATTACHMENT",
    "BUCKET",
    "BUCKET_POLICY",
    "ENCRYPTION",
    "EXCLUSIVE",
    "EXCLUSIVE_GROUP",
    "EXCLUSIVE_ROLE",
    "EXCLUSIVE_USER",
    "GROUP",
    "INLINE_POLICY",
    "INVENTORY",
    "LOGGING",
    "LOGIN_PROFILE",
    "MANAGED_POLICY",
    "MEMBERSHIP",
    "METADATA",
    "OBJECT",
    "OBJECT_COPY",
    "ORGANIZATION_POLICY",
    "OWNERSHIP",
    "PARTS",
    "PUBLIC_ACCESS_BLOCK",
    "REPLICATION",
    "ROLE",
    "ROLE_ATTACHMENT",
    "ROLE_POLICY",
    "STACK",
    "STORAGE_LENS",
    "USER",
    "WEBSITE",
]


def _classic(*names: str) -> frozenset[str]:
    """Return tokens of the aws provider: ``aws:s3/bucket:Bucket`` for ``s3/Bucket``."""
    tokens = set()
    for name in names:
        module, _, kind = name.partition("/")
        tokens.add(f"aws:{module}/{kind[0].lower()}{kind[1:]}:{kind}")
    return frozenset(tokens)


BUCKET: Final = _classic("s3/Bucket", "s3/BucketV2") | {"aws-native:s3:Bucket"}
BUCKET_POLICY: Final = _classic("s3/BucketPolicy") | {"aws-native:s3:BucketPolicy"}
PUBLIC_ACCESS_BLOCK: Final = _classic("s3/BucketPublicAccessBlock")
OWNERSHIP: Final = _classic("s3/BucketOwnershipControls")
ENCRYPTION: Final = _classic(
    "s3/BucketServerSideEncryptionConfiguration", "s3/BucketServerSideEncryptionConfigurationV2"
)
LOGGING: Final = _classic("s3/BucketLogging", "s3/BucketLoggingV2")
ACL: Final = _classic("s3/BucketAcl", "s3/BucketAclV2")
WEBSITE: Final = _classic("s3/BucketWebsiteConfiguration", "s3/BucketWebsiteConfigurationV2")
REPLICATION: Final = _classic("s3/BucketReplicationConfig")
INVENTORY: Final = _classic("s3/Inventory")
ANALYTICS: Final = _classic("s3/AnalyticsConfiguration")
METADATA: Final = _classic("s3/BucketMetadataConfiguration")
STORAGE_LENS: Final = _classic("s3control/StorageLensConfiguration") | {"aws-native:s3:StorageLens"}
OBJECT_COPY: Final = _classic("s3/ObjectCopy")
OBJECT: Final = _classic("s3/BucketObject", "s3/BucketObjectv2", "s3/ObjectCopy")

PARTS: Final = (
    BUCKET_POLICY
    | PUBLIC_ACCESS_BLOCK
    | OWNERSHIP
    | ENCRYPTION
    | LOGGING
    | ACL
    | WEBSITE
    | REPLICATION
    | INVENTORY
    | ANALYTICS
    | METADATA
    | OBJECT
)

USER: Final = _classic("iam/User") | {"aws-native:iam:User"}
GROUP: Final = _classic("iam/Group") | {"aws-native:iam:Group"}
ROLE: Final = _classic("iam/Role") | {"aws-native:iam:Role"}
MEMBERSHIP: Final = _classic("iam/UserGroupMembership", "iam/GroupMembership") | {
    "aws-native:iam:UserToGroupAddition"
}
LOGIN_PROFILE: Final = _classic("iam/UserLoginProfile")
ACCESS_KEY: Final = _classic("iam/AccessKey") | {"aws-native:iam:AccessKey"}
MANAGED_POLICY: Final = _classic("iam/Policy") | {"aws-native:iam:ManagedPolicy"}
INLINE_POLICY: Final = _classic("iam/UserPolicy", "iam/GroupPolicy") | {
    "aws-native:iam:UserPolicy",
    "aws-native:iam:GroupPolicy",
}
ROLE_POLICY: Final = _classic("iam/RolePolicy") | {"aws-native:iam:RolePolicy"}
ROLE_ATTACHMENT: Final = _classic("iam/RolePolicyAttachment")
ATTACHMENT: Final = ROLE_ATTACHMENT | _classic(
    "iam/UserPolicyAttachment", "iam/GroupPolicyAttachment", "iam/PolicyAttachment"
)
EXCLUSIVE_USER: Final = _classic("iam/UserPolicyAttachmentsExclusive")
EXCLUSIVE_GROUP: Final = _classic("iam/GroupPolicyAttachmentsExclusive")
EXCLUSIVE_ROLE: Final = _classic("iam/RolePolicyAttachmentsExclusive")
EXCLUSIVE: Final = EXCLUSIVE_USER | EXCLUSIVE_GROUP | EXCLUSIVE_ROLE

ORGANIZATION_POLICY: Final = _classic("organizations/Policy") | {"aws-native:organizations:Policy"}

STACK: Final = frozenset({"pulumi:pulumi:Stack"})
