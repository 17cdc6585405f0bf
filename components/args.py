"""The typed arguments of PrivateBucket, in Python and in the Pulumi package that is made from it.

Pulumi reads this file to write the package's schema: each string below a field is that field's description,
and every annotation has to be a real object, so there is no ``from __future__ import annotations`` here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

__all__ = ["PrivateBucketArgs", "RemotePerson", "RemotePersonsRole", "TemporaryNetwork"]


class TemporaryNetwork(TypedDict):
    """A network that is allowed through the end of a day in UTC."""

    cidr: pulumi.Input[str]
    """The network in CIDR form, such as `203.0.113.7/32`."""

    expires: pulumi.Input[str]
    """The last day (UTC) on which the network is allowed, as `YYYY-MM-DD`. After it the policy denies the
    network."""

    label: NotRequired[pulumi.Input[str]]
    """What the network is, such as `Tokyo office`."""

    owner: NotRequired[pulumi.Input[str]]
    """Who is responsible for the entry."""


class RemotePerson(TypedDict):
    """A remote person: an IAM user with programmatic access to this bucket only."""

    name: str
    """The person's name, unique among the users of this bucket."""

    access: NotRequired[Sequence[str]]
    """The access levels: any of `list`, `read`, `write`, `tag` and `permissions`. By default the first
    three."""

    prefix: NotRequired[str]
    """The prefix of the object keys that the person may access, such as `reports/`. By default every key."""

    keys: NotRequired[Sequence[str]]
    """The access key slots: one, or two while a key is being replaced."""


class RemotePersonsRole(TypedDict):
    """A role, for this bucket only, for people who sign in elsewhere and hold no access key."""

    name: str
    """The role's name, unique among the roles of this bucket."""

    assumed_by: Sequence[str]
    """Who may assume the role, by ARN: IAM users (who have to use MFA), roles (a permission set's role too),
    SAML and OIDC providers, and trust anchors of IAM Roles Anywhere."""

    access: NotRequired[Sequence[str]]
    """The access levels: any of `list`, `read`, `write`, `tag` and `permissions`. By default the first
    three."""

    prefix: NotRequired[str]
    """The prefix of the object keys that the role may access, such as `reports/`. By default every key."""

    subjects: NotRequired[Sequence[str]]
    """Which of the people whom a provider or trust anchor vouches for may assume the role: the token's `sub`,
    the assertion's NameID, or the certificate's common name. By default all of them."""

    audience: NotRequired[str]
    """The audience that an OIDC provider's tokens must have. By default any audience of the provider."""

    max_session_hours: NotRequired[int]
    """How long a session may last, from 1 to 12 hours. By default 1."""


class PrivateBucketArgs(TypedDict):
    """The arguments of a PrivateBucket. Those with the name of a stack config key have the same meaning."""

    allowed_networks: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The allow-list: networks in CIDR form, IPv4 and IPv6. Every request from outside them is denied."""

    temporary_networks: NotRequired[pulumi.Input[Sequence[TemporaryNetwork]]]
    """Networks that are allowed until a certain day."""

    bucket_name: NotRequired[str]
    """The bucket's name. By default it is derived from project, stack and account."""

    # Inputs, although they have to be known: Pulumi's generator of Go SDKs writes no type for the elements of
    # a list of objects that is not one, and the SDK does not compile.
    users: NotRequired[pulumi.Input[Sequence[RemotePerson]]]
    """The remote people, known when the program runs. By default one, `remote-user`, who may list, read and
    write objects."""

    roles: NotRequired[pulumi.Input[Sequence[RemotePersonsRole]]]
    """Roles, known when the program runs, for people who sign in elsewhere and hold no access key. By
    default none."""

    encryption: NotRequired[str]
    """Default encryption: `AES256`, or `aws:kms` for a KMS key that the component creates. By default
    `AES256`."""

    kms_key_arn: NotRequired[str]
    """The ARN of an existing KMS key that encrypts the bucket."""

    access_log_bucket: NotRequired[str]
    """The name of an existing bucket for the access logs. By default the component creates one."""

    access_log_prefix: NotRequired[str]
    """The prefix of the access logs' object keys. By default `access/`."""

    access_log_retention_days: NotRequired[int]
    """How many days the component's own log bucket keeps a log. By default 365."""

    versioning: NotRequired[bool]
    """Whether the bucket keeps overwritten and deleted objects as old versions. By default it does."""

    tags: NotRequired[Mapping[str, str]]
    """Tags for every resource that can have tags."""

    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the buckets and the KMS key. By default it does; otherwise `pulumi
    destroy` deletes the objects too."""

    vpc_endpoints: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """VPC endpoints through which requests are exempt from the allow-list: the id of an endpoint, or the id
    of an organization, the id of an account or the ARN of a VPC for all of its endpoints. With them the
    allow-list may be empty."""

    break_glass_principals: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """ARNs of the users and roles to whom the allow-list does not apply, so that they can undo a lock-out."""

    trust_aws_services: NotRequired[bool]
    """Whether AWS service principals are exempt from the allow-list. By default they are not."""

    must_reach: NotRequired[Sequence[str]]
    """Addresses that must stay on the allow-list, such as the CI runner's. A list without them is refused."""

    max_url_age: NotRequired[str]
    """How long a presigned URL works after it was signed, such as `15m`, `12h` or `2d`. By default as long as
    it was signed for."""

    name_prefix: NotRequired[str]
    """The prefix of the names of users, groups and policies. By default project, stack and component."""

    take_over: NotRequired[bool]
    """Whether to import an existing bucket. Remove this argument once the bucket is in the state."""

    additional_statements: NotRequired[Sequence[Mapping[str, Any]]]
    """Statements to add to the bucket policy, such as the Allows of an existing bucket."""
