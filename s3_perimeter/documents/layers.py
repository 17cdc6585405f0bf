"""Layers: every policy that decides about one bucket, the organization's before its own."""

from __future__ import annotations

from typing import NamedTuple

from s3_perimeter.documents.document import PolicyDocument, Rule
from s3_perimeter.documents.rcp import ResourceControlPolicy

__all__ = ["Layers"]


class Layers(NamedTuple):
    """A bucket's policy, None where it has none, and the RCPs that apply to its account.

    Any Deny of any layer denies, and only the bucket policy grants ("RCP evaluation", AWS Organizations User
    Guide).
    """

    policy: PolicyDocument | None
    rcps: tuple[ResourceControlPolicy, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The statements that count, those of the bucket policy first."""
        own = self.policy.rules if self.policy else ()
        return (*own, *(rule for rcp in self.rcps for rule in rcp.rules))
