"""What a rule judges by: the deployment, its own settings, and the perimeter that each bucket has to have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.deployment import Deployment
from policies.values import Properties


@dataclass(frozen=True, slots=True)
class Context:
    """One rule's view of one run. ``settings`` is the rule's own part of the pack's config."""

    deployment: Deployment
    settings: Properties
    today: date
