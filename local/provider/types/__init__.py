"""The resource types that are made, one family a file. A new type is one class and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from local.provider.resource import Resource
from local.provider.types.iam_access_key import AccessKey
from local.provider.types.iam_membership import UserGroupMembership
from local.provider.types.iam_named import Group, Role, User
from local.provider.types.iam_oidc_provider import OpenIdConnectProvider
from local.provider.types.iam_policy import OWNED, Policy
from local.provider.types.kms import Alias, Key
from local.provider.types.organizations import Policy as OrganizationsPolicy
from local.provider.types.organizations import PolicyAttachment
from local.provider.types.s3_bucket import Bucket
from local.provider.types.s3_settings import (
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketVersioning,
)

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
    BucketVersioning,
    Group,
    Key,
    OpenIdConnectProvider,
    OrganizationsPolicy,
    Policy,
    PolicyAttachment,
    Role,
    User,
    UserGroupMembership,
    *OWNED,
)

RESOURCES: Mapping[str, Resource] = {token: each() for each in TYPES for token in (each.token, *each.aliases)}
"""Every type by its token and by its older tokens."""
