"""Policy violations as a preview reports them, read from the engine's events."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["Violation", "ordered", "plain"]

# The engine marks colors in event messages: <{%fg 1%}>text<{%reset%}>.
_COLOR: Final = re.compile(r"<\{%.*?%\}>")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. ``summary`` is what the rule requires, ``detail`` what breaks it and how to fix it."""

    rule: str
    pack: str
    level: Literal["mandatory", "advisory"]
    urn: str
    summary: str
    detail: str

    @classmethod
    def from_event(cls, *, rule: str, pack: str, level: str, urn: str | None, message: str) -> Violation:
        """Read one from the fields of a policy event; whatever is not advisory counts as mandatory."""
        text = plain(message)
        summary, _, detail = text.partition("\n")
        return cls(
            rule=rule,
            pack=pack,
            level="advisory" if level in ("advisory", "warning") else "mandatory",
            urn=urn or "",
            summary=summary,
            detail=detail or summary,
        )

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Mandatory ones first, then by rule and resource: two previews of one program print the same."""
        return (self.level != "mandatory", self.rule, self.urn, self.detail)

    @property
    def resource(self) -> str:
        """The resource's own name, or what a stack-wide violation is about."""
        return self.urn.rpartition("::")[2] or "the stack"


def ordered(violations: Iterable[Violation]) -> list[Violation]:
    """Sorted, and each one once: the engine can report the same violation in two phases."""
    return sorted(set(violations), key=lambda found: found.order)


def plain(message: str) -> str:
    """Return a message of the engine without its marks for color, and without control characters."""
    return _CONTROL.sub("", _COLOR.sub("", message)).strip()
