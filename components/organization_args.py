"""The typed arguments of OrganizationPerimeter, in Python and in the Pulumi package that is made from it.

Pulumi reads this file to write the package's schema: each string below a field is that field's description,
and every annotation has to be a real object, so there is no ``from __future__ import annotations`` here.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from .args import TemporaryNetwork

__all__ = ["AlsoExempt", "OrganizationPerimeterArgs"]


class AlsoExempt(TypedDict):
    """Further exemptions from the network perimeter, as AWS's data-perimeter guidance describes them."""

    services: NotRequired[Sequence[str]]
    """AWS service principals by name, such as `logging.s3.amazonaws.com` for access logs."""

    forward_access: NotRequired[bool]
    """Whether requests that an AWS service makes for a caller, with the caller's credentials, are exempt."""

    principal_accounts: NotRequired[Sequence[str]]
    """Ids of accounts whose users and roles are exempt."""

    principal_tag: NotRequired[str]
    """The key of a tag: callers that have this tag with the value `true` are exempt."""

    resource_tag: NotRequired[str]
    """The key of a tag: resources that have this tag with the value `true` are exempt."""


class OrganizationPerimeterArgs(TypedDict):
    """The arguments of an OrganizationPerimeter. Those with the name of an argument of PrivateBucket have the
    same meaning."""

    allowed_networks: Sequence[str]
    """The allow-list: networks in CIDR form, IPv4 and IPv6. Every request from outside them is denied."""

    targets: Sequence[pulumi.Input[str]]
    """Ids of the organizational units and accounts whose buckets are fenced, or of the root."""

    temporary_networks: NotRequired[Sequence[TemporaryNetwork]]
    """Networks that are allowed until a certain day."""

    buckets: NotRequired[Sequence[str]]
    """Names of buckets, or patterns of names such as `acme-*`. By default every bucket."""

    exempt: NotRequired[AlsoExempt]
    """Further exemptions. By default there are none."""

    policy_name: NotRequired[str]
    """The prefix of the policies' names. By default project, stack and component."""

    vpc_endpoints: NotRequired[Sequence[str]]
    """VPC endpoints through which requests are exempt from the allow-list: the id of an endpoint, or the id
    of an organization, the id of an account or the ARN of a VPC for all of its endpoints."""

    break_glass_principals: NotRequired[Sequence[str]]
    """ARNs of the users and roles to whom the allow-list does not apply, so that they can undo a lock-out."""

    trust_aws_services: NotRequired[bool]
    """Whether AWS service principals are exempt from the allow-list. By default they are not."""

    must_reach: NotRequired[Sequence[str]]
    """Addresses that must stay on the allow-list, such as the CI runner's. A list without them is refused."""

    tags: NotRequired[Mapping[str, str]]
    """Tags for the policies."""

    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete policies and attachments. By default it does."""
