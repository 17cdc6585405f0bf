"""What an OrganizationPerimeter is given: the typed arguments of the component and of its Pulumi package.

Pulumi reads this file to write the package's schema: each string below a field is that field's description,
and every annotation has to be a real object, so there is no ``from __future__ import annotations`` here.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from .args import TemporaryNetwork

__all__ = ["AlsoSpared", "OrganizationPerimeterArgs"]


class AlsoSpared(TypedDict):
    """Whom the network perimeter spares besides, as AWS's data-perimeter guidance names them."""

    services: NotRequired[Sequence[str]]
    """AWS service principals by name, such as `logging.s3.amazonaws.com` for access logs."""

    forward_access: NotRequired[bool]
    """Whether any AWS service may act for any caller, with the caller's credentials."""

    principal_accounts: NotRequired[Sequence[str]]
    """Ids of accounts: requests by their users and roles are spared."""

    principal_tag: NotRequired[str]
    """The key of a tag: callers whose tag of that name is `true` are spared."""

    resource_tag: NotRequired[str]
    """The key of a tag: resources whose tag of that name is `true` are spared."""


class OrganizationPerimeterArgs(TypedDict):
    """The arguments of an OrganizationPerimeter. What a PrivateBucket calls the same means the same."""

    allowed_networks: Sequence[str]
    """The allow-list: networks in CIDR form, IPv4 and IPv6. Every request from elsewhere is denied."""

    targets: Sequence[pulumi.Input[str]]
    """Ids of the root, organizational units and accounts whose buckets are fenced."""

    temporary_networks: NotRequired[Sequence[TemporaryNetwork]]
    """Networks that are allowed for a while."""

    buckets: NotRequired[Sequence[str]]
    """Names of buckets, and patterns of names such as `acme-*`. By default `*`: every bucket."""

    exempt: NotRequired[AlsoSpared]
    """Whom the perimeter spares besides. By default nobody."""

    policy_name: NotRequired[str]
    """What the policies' names begin with. By default project, stack and component."""

    vpc_endpoints: NotRequired[Sequence[str]]
    """VPC endpoints through which requests are exempt from the allow-list: the id of one, or for all of its
    endpoints an organization's id, an account's or a VPC's ARN."""

    break_glass_principals: NotRequired[Sequence[str]]
    """ARNs of the users and roles that the allow-list does not hold: the way back in."""

    trust_aws_services: NotRequired[bool]
    """Whether AWS service principals are exempt from the allow-list. By default they are not."""

    must_reach: NotRequired[Sequence[str]]
    """Addresses that have to stay allowed, such as the CI runner's: a guard against lock-out."""

    tags: NotRequired[Mapping[str, str]]
    """Tags for the policies."""

    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete policies and attachments. By default it does."""
