"""Questions about the organization: its policies, and what it prescribes for the account."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call
from s3_perimeter.drift.subjects import OrganizationPolicy

__all__ = ["policy", "roots", "storage_policy", "targets"]


def storage_policy() -> Call:
    """Return the question for the account's S3 policy in force, which may set its public-access block."""
    return Call(
        service="organizations",
        operation="describe_effective_policy",
        params=(("PolicyType", "S3_POLICY"),),
        action="organizations:DescribeEffectivePolicy",
        absent=frozenset({"AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"}),
    )


def policy(policy: OrganizationPolicy) -> Call:
    """Return the question for a policy with its text."""
    return Call(
        service="organizations",
        operation="describe_policy",
        params=(("PolicyId", policy.id),),
        action="organizations:DescribePolicy",
        absent=frozenset({"PolicyNotFoundException"}),
    )


def targets(policy: OrganizationPolicy) -> Call:
    """Return the question for what a policy is attached to."""
    return Call(
        service="organizations",
        operation="list_targets_for_policy",
        params=(("PolicyId", policy.id),),
        action="organizations:ListTargetsForPolicy",
        absent=frozenset({"PolicyNotFoundException"}),
    )


def roots() -> Call:
    """Return the question for the organization's root, and the types of policies that are enabled on it."""
    return Call(service="organizations", operation="list_roots", action="organizations:ListRoots")
