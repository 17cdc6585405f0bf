"""The resource types, one family a file. A new type is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from local.provider.resource import Resource
from local.provider.types.access_point import AccessPoint
from local.provider.types.account_public_access_block import AccountPublicAccessBlock
from local.provider.types.bucket import Bucket
from local.provider.types.bucket_acl import BucketAcl
from local.provider.types.bucket_analytics import BucketAnalytics
from local.provider.types.bucket_cors import BucketCors
from local.provider.types.bucket_encryption import BucketEncryption
from local.provider.types.bucket_inventory import Inventory
from local.provider.types.bucket_lifecycle import BucketLifecycle
from local.provider.types.bucket_logging import BucketLogging
from local.provider.types.bucket_metric import BucketMetric
from local.provider.types.bucket_notification import BucketNotification
from local.provider.types.bucket_object import BucketObject, BucketObjectV2
from local.provider.types.bucket_object_lock import BucketObjectLock
from local.provider.types.bucket_ownership_controls import BucketOwnershipControls
from local.provider.types.bucket_policy import BucketPolicy
from local.provider.types.bucket_public_access_block import BucketPublicAccessBlock
from local.provider.types.bucket_replication import BucketReplication
from local.provider.types.bucket_status import BucketAccelerate, BucketRequestPayment
from local.provider.types.bucket_tiering import BucketTiering
from local.provider.types.bucket_v2 import BucketV2
from local.provider.types.bucket_versioning import BucketVersioning
from local.provider.types.bucket_website import BucketWebsite
from local.provider.types.ec2_vpc import Vpc
from local.provider.types.ec2_vpc_endpoint import VpcEndpoint
from local.provider.types.iam_access_key import AccessKey
from local.provider.types.iam_attachment import (
    GroupPolicyAttachment,
    RolePolicyAttachment,
    UserPolicyAttachment,
)
from local.provider.types.iam_group import Group
from local.provider.types.iam_inline_policy import GroupPolicy, RolePolicy, UserPolicy
from local.provider.types.iam_login_profile import UserLoginProfile
from local.provider.types.iam_membership import GroupMembership, UserGroupMembership
from local.provider.types.iam_oidc_provider import OpenIdConnectProvider
from local.provider.types.iam_policy import Policy
from local.provider.types.iam_role import Role
from local.provider.types.iam_user import User
from local.provider.types.kms_alias import Alias
from local.provider.types.kms_key import Key

TYPES: tuple[type[Resource], ...] = (
    AccessKey,
    AccessPoint,
    AccountPublicAccessBlock,
    Alias,
    Bucket,
    BucketAccelerate,
    BucketAcl,
    BucketAnalytics,
    BucketCors,
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketMetric,
    BucketNotification,
    BucketObject,
    BucketObjectLock,
    BucketObjectV2,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketReplication,
    BucketRequestPayment,
    BucketTiering,
    BucketV2,
    BucketVersioning,
    BucketWebsite,
    Group,
    GroupMembership,
    GroupPolicy,
    GroupPolicyAttachment,
    Inventory,
    Key,
    OpenIdConnectProvider,
    Policy,
    Role,
    RolePolicy,
    RolePolicyAttachment,
    User,
    UserGroupMembership,
    UserLoginProfile,
    UserPolicy,
    UserPolicyAttachment,
    Vpc,
    VpcEndpoint,
)

RESOURCES: Mapping[str, Resource] = {token: each() for each in TYPES for token in (each.token, *each.aliases)}
"""Every type by its token and by its older tokens."""
