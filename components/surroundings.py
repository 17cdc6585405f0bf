"""Surroundings: the account, partition and region that a stack's AWS provider works in."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

__all__ = ["Surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a bucket is declared.

    Asked for before anything is declared, so that ARNs are made of known names and every policy's text is
    there at the first preview, for the policy pack to judge.
    """

    account: str
    partition: str
    region: str

    @classmethod
    def of(cls, resource: pulumi.Resource) -> Surroundings:
        """Ask the provider that ``resource`` gives its children."""
        opts = pulumi.InvokeOptions(parent=resource)
        return cls(
            account=aws.get_caller_identity(opts=opts).account_id,
            partition=aws.get_partition(opts=opts).partition,
            region=aws.get_region(opts=opts).region,
        )
