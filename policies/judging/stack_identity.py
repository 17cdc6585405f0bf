"""The stack that is judged, as the engine names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StackIdentity:
    """The stack that is judged; ``config`` is keyed ``namespace:name`` as the engine sends it."""

    project: str
    stack: str
    config: Mapping[str, str]
