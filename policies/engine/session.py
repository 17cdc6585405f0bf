"""What the engine gave the pack in this run: the stack and its config, the pack's config, each resource's
inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ..declared.deployment import Deployment, Resource
from ..declared.values import Properties
from ..judging.stack_identity import StackIdentity

if TYPE_CHECKING:
    from ..judging.allow_list import AllowList, NoAllowList

SEALING: Final = "bucket-policy-denies-outside"
"""The rule whose settings may hold the allow-list."""

__all__ = ["Gathered", "Session"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What every rule of a run is handed, made once: they all see the same resources."""

    deployment: Deployment
    allow_list: AllowList | NoAllowList


@dataclass(slots=True)
class Session:
    """One run of the pack, filled as the engine's calls arrive.

    ``inputs`` holds what each resource declares, ``links`` what each of its properties depends on, by URN;
    ``own`` holds the PrivateBucket components and the buckets below them, as far as they were declared.
    ``stack`` stays None where the engine sends no config, as in ``pulumi policy analyze``. ``deploying`` is
    true where resources are made, not previewed. ``levels`` are the enforcement levels that the pack's
    config sets. ``unknown_rules`` and ``crashes`` hold what could not be judged, by rule: names that the pack
    does not have, and rules that failed.
    """

    now: datetime
    stack: StackIdentity | None = None
    deploying: bool = False
    pack_config: dict[str, Properties] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Properties] = field(default_factory=dict)
    links: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    own: dict[str, Resource] = field(default_factory=dict)
    gathered: Gathered | None = None
    unknown_rules: dict[str, str] = field(default_factory=dict)
    crashes: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the run, by which entries and exemptions expire."""
        return self.now.date()

    def allow_list(self, deployment: Deployment) -> AllowList | NoAllowList:
        """Return what the buckets of this deployment are judged by; the settings of the rule on bucket
        policies may contain it.
        """
        from ..judging.allow_list import Given, allow_list  # half of the pack's start: see catalog.py

        settings = self.pack_config.get(SEALING, {})
        return allow_list(Given(self.stack, SEALING, settings, self.today), deployment)
