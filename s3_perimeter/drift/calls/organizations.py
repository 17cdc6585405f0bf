"""The question about what the organisation prescribes for the account."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call


def storage_policy() -> Call:
    """The S3 policy in force for the account, which may set its public-access block."""
    return Call(
        service="organizations",
        operation="describe_effective_policy",
        params=(("PolicyType", "S3_POLICY"),),
        action="organizations:DescribeEffectivePolicy",
        absent=frozenset({"AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"}),
    )
