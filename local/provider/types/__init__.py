"""The resource types that are made, one family a file. A new type is one class and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from local.provider.resource import Resource
from local.provider.types.iam_credentials import AccessKey, UserLoginProfile
from local.provider.types.iam_membership import GroupMembership, UserGroupMembership
from local.provider.types.iam_named import Group, Role, User
from local.provider.types.iam_oidc_provider import OpenIdConnectProvider
from local.provider.types.iam_policy import OWNED, Policy
from local.provider.types.kms import Alias, Key
from local.provider.types.s3_bucket import Bucket
from local.provider.types.s3_object import BucketObject, BucketObjectV2
from local.provider.types.s3_settings import (
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketVersioning,
    BucketWebsite,
)

TYPES: tuple[type[Resource], ...] = (
    AccessKey,
    Alias,
    Bucket,
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketObject,
    BucketObjectV2,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketVersioning,
    BucketWebsite,
    Group,
    GroupMembership,
    Key,
    OpenIdConnectProvider,
    Policy,
    Role,
    User,
    UserGroupMembership,
    UserLoginProfile,
    *OWNED,
)

RESOURCES: Mapping[str, Resource] = {token: each() for each in TYPES for token in (each.token, *each.aliases)}
"""Every type by its token and by its older tokens."""
