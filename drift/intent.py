"""What the stack's config asks for now, beside what was last deployed: an edit is no drift."""

from __future__ import annotations

from dataclasses import dataclass

from perimeter.fence import Perimeter


@dataclass(frozen=True, slots=True)
class Intent:
    """The perimeter that the config declares, and what in the config waits for the next `pulumi up`."""

    perimeter: Perimeter | None = None
    pending: tuple[str, ...] = ()
