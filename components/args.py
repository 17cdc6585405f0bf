"""What a PrivateBucket is given: the typed arguments of the component, and of the Pulumi package made of it.

Pulumi reads this file to write the package's schema: each string below a field is that field's description,
and every annotation has to be a real object, so there is no ``from __future__ import annotations`` here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

__all__ = ["PrivateBucketArgs", "RemotePerson", "RemotePersonsRole", "TemporaryNetwork"]


class TemporaryNetwork(TypedDict):
    """A network that is allowed until the end of a day, UTC."""

    cidr: pulumi.Input[str]
    """The network in CIDR form, such as `203.0.113.7/32`."""

    expires: pulumi.Input[str]
    """The last day on which the network is allowed, as `YYYY-MM-DD`, UTC; then the policy refuses it."""

    label: NotRequired[pulumi.Input[str]]
    """What the network is, for people."""

    owner: NotRequired[pulumi.Input[str]]
    """Who answers for the network."""


class RemotePerson(TypedDict):
    """A remote person: an IAM user with programmatic access to this bucket alone."""

    name: str
    """The person's name, unique among the users of this bucket."""

    access: NotRequired[Sequence[str]]
    """Access levels out of `list`, `read`, `write`, `tag` and `permissions`; by default the first three."""

    prefix: NotRequired[str]
    """The beginning of every key that the person may reach, such as `reports/`; by default any."""

    keys: NotRequired[Sequence[str]]
    """The access key slots, one or two; a second one for as long as a key is replaced."""


class RemotePersonsRole(TypedDict):
    """A role of this bucket alone for people who sign in elsewhere: they hold no access key."""

    name: str
    """The role's name, unique among the roles of this bucket."""

    assumed_by: Sequence[str]
    """ARNs: IAM users, who show MFA, roles (a permission set's too), SAML and OIDC providers, Roles Anywhere
    trust anchors."""

    access: NotRequired[Sequence[str]]
    """Access levels out of `list`, `read`, `write`, `tag` and `permissions`; by default the first three."""

    prefix: NotRequired[str]
    """The beginning of every key that the role may reach, such as `reports/`; by default any."""

    subjects: NotRequired[Sequence[str]]
    """Whom of those that a provider or trust anchor vouches for: the token's `sub`, the assertion's NameID,
    or the certificate's common name; by default all."""

    audience: NotRequired[str]
    """The audience of an OIDC provider's tokens; by default any of the provider's."""

    max_session_hours: NotRequired[int]
    """How long a session may last, from 1 to 12 hours; by default 1."""


class PrivateBucketArgs(TypedDict):
    """The arguments of a PrivateBucket. What stack config calls the same means the same."""

    allowed_networks: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The allow-list: networks in CIDR form, IPv4 and IPv6. Every request from elsewhere is denied."""

    temporary_networks: NotRequired[pulumi.Input[Sequence[TemporaryNetwork]]]
    """Networks that are allowed for a while."""

    bucket_name: NotRequired[str]
    """The bucket's name. By default one that is derived from the stack and unlikely to be taken."""

    # Inputs, although they have to be known: Pulumi's generator of Go SDKs writes no type for the elements of
    # a list of objects that is not one, and the SDK does not compile.
    users: NotRequired[pulumi.Input[Sequence[RemotePerson]]]
    """The remote people, known when the program runs. By default one, `remote-user`, who may list, read and
    write."""

    roles: NotRequired[pulumi.Input[Sequence[RemotePersonsRole]]]
    """Roles, known when the program runs, for people who sign in elsewhere and hold no access key. By
    default none."""

    encryption: NotRequired[str]
    """Default encryption: `AES256`, or `aws:kms` for a KMS key of the bucket's own. By default `AES256`."""

    kms_key_arn: NotRequired[str]
    """The ARN of an existing KMS key that encrypts the bucket."""

    access_log_bucket: NotRequired[str]
    """The name of an existing bucket that takes the access logs. By default the component makes one."""

    access_log_prefix: NotRequired[str]
    """The beginning of the access logs' keys. By default `access/`."""

    access_log_retention_days: NotRequired[int]
    """Days after which the component's own log bucket lets a log expire. By default 365."""

    versioning: NotRequired[bool]
    """Whether the bucket keeps what is overwritten or deleted. By default it does."""

    tags: NotRequired[Mapping[str, str]]
    """Tags for everything that takes tags."""

    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete what holds data. By default it does; if not, objects go too."""

    vpc_endpoints: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """VPC endpoints through which requests are exempt from the allow-list: the id of one, or for all of its
    endpoints an organization's id, an account's or a VPC's ARN. With them the allow-list may be empty."""

    break_glass_principals: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """ARNs of the users and roles that the allow-list does not hold: the way back in."""

    trust_aws_services: NotRequired[bool]
    """Whether AWS service principals are exempt from the allow-list. By default they are not."""

    must_reach: NotRequired[Sequence[str]]
    """Addresses that have to stay allowed, such as the CI runner's: a guard against lock-out."""

    max_url_age: NotRequired[str]
    """How long after its signature a presigned URL is good, such as `15m`, `12h` or `2d`. By default as long
    as it was signed for."""

    name_prefix: NotRequired[str]
    """What the names of users, groups and policies begin with. By default project, stack and component."""

    take_over: NotRequired[bool]
    """Whether the bucket exists already and is to be imported. Remove it once the bucket is in the state."""

    additional_statements: NotRequired[Sequence[Mapping[str, Any]]]
    """Statements of the bucket policy in addition to the Denies, such as an existing bucket's own Allows."""
