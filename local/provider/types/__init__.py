"""The resource types, one family a file. A new type is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from local.provider.resource import Resource
from local.provider.types.bucket import Bucket
from local.provider.types.bucket_encryption import BucketEncryption
from local.provider.types.bucket_lifecycle import BucketLifecycle
from local.provider.types.bucket_logging import BucketLogging
from local.provider.types.bucket_ownership_controls import BucketOwnershipControls
from local.provider.types.bucket_policy import BucketPolicy
from local.provider.types.bucket_public_access_block import BucketPublicAccessBlock
from local.provider.types.bucket_replication import BucketReplication
from local.provider.types.bucket_versioning import BucketVersioning
from local.provider.types.iam_access_key import AccessKey
from local.provider.types.iam_attachment import (
    GroupPolicyAttachment,
    RolePolicyAttachment,
    UserPolicyAttachment,
)
from local.provider.types.iam_group import Group
from local.provider.types.iam_inline_policy import GroupPolicy, RolePolicy, UserPolicy
from local.provider.types.iam_membership import GroupMembership, UserGroupMembership
from local.provider.types.iam_policy import Policy
from local.provider.types.iam_role import Role
from local.provider.types.iam_user import User
from local.provider.types.kms_alias import Alias
from local.provider.types.kms_key import Key

TYPES: tuple[type[Resource], ...] = (
    AccessKey,
    Alias,
    Bucket,
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketReplication,
    BucketVersioning,
    Group,
    GroupMembership,
    GroupPolicy,
    GroupPolicyAttachment,
    Key,
    Policy,
    Role,
    RolePolicy,
    RolePolicyAttachment,
    User,
    UserGroupMembership,
    UserPolicy,
    UserPolicyAttachment,
)

RESOURCES: Mapping[str, Resource] = {token: each() for each in TYPES for token in (each.token, *each.aliases)}
"""Every type by its token and by its older tokens."""
