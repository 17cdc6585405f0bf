"""Questions about the organization: its policies, and what it prescribes for the account."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.subjects import OrganizationPolicy

__all__ = ["policy", "roots", "storage_policy", "targets"]


def storage_policy() -> Call:
    """The S3 policy in force for the account, which may set its public-access block."""
    return Call(
        service="organizations",
        operation="describe_effective_policy",
        params=(("PolicyType", "S3_POLICY"),),
        action="organizations:DescribeEffectivePolicy",
        absent=frozenset({"AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"}),
    )


def policy(policy: OrganizationPolicy) -> Call:
    """A policy with its text."""
    return Call(
        service="organizations",
        operation="describe_policy",
        params=(("PolicyId", policy.id),),
        action="organizations:DescribePolicy",
        absent=frozenset({"PolicyNotFoundException"}),
    )


def targets(policy: OrganizationPolicy) -> Call:
    """What a policy is attached to."""
    return Call(
        service="organizations",
        operation="list_targets_for_policy",
        params=(("PolicyId", policy.id),),
        action="organizations:ListTargetsForPolicy",
        absent=frozenset({"PolicyNotFoundException"}),
    )


def roots() -> Call:
    """The organization's root, and which types of policies are enabled on it."""
    return Call(service="organizations", operation="list_roots", action="organizations:ListRoots")
