"""What the engine told the pack in this run: the stack and its config, the pack's config, each resource's
inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policies.deployment import Deployment
from policies.values import Properties


@dataclass(frozen=True, slots=True)
class StackIdentity:
    """The stack that is judged; ``config`` is keyed ``namespace:name`` as the engine sends it."""

    project: str
    stack: str
    config: Mapping[str, str]


@dataclass(slots=True)
class Session:
    """One run of the pack, filled as the engine's calls arrive.

    ``stack`` stays None where the engine sends no config, as in ``pulumi policy analyze``.
    """

    today: date
    stack: StackIdentity | None = None
    pack_config: dict[str, Properties] = field(default_factory=dict)
    inputs: dict[str, Properties] = field(default_factory=dict)
    deployment: Deployment | None = None
    crashes: dict[str, str] = field(default_factory=dict)
