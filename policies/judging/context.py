"""What a rule judges by: the deployment, its own settings, and the perimeter that each bucket has to have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from s3_perimeter.fence import NAME_ANOTHER, other_kind

from ..declared import kinds
from ..declared.deployment import Bucket, Deployment
from ..declared.values import Properties
from .allow_list import AllowList, Listed, NoAllowList

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class Context:
    """One rule's view of one run. ``settings`` is the rule's own part of the pack's config."""

    deployment: Deployment
    settings: Properties
    allow_list: AllowList | NoAllowList
    now: datetime

    def listed(self, bucket: Bucket) -> Listed | NoAllowList:
        """Return the allow-list that this bucket is judged by; none where it is no general purpose bucket."""
        problem = other_kind(bucket.name or "")
        if problem:
            return NoAllowList(problem, NAME_ANOTHER)
        return self.allow_list if isinstance(self.allow_list, NoAllowList) else self.allow_list.of(bucket)

    @property
    def stack_urn(self) -> str:
        """The URN to report under what concerns the whole stack."""
        return next((stack.urn for stack in self.deployment.of(kinds.STACK)), "")
