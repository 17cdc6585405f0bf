"""What a rule is: metadata that documents it, and a judgement over the whole deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from .context import Context

Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
Enforcement: TypeAlias = Literal["mandatory", "advisory"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that breaks a rule: the resource's URN and a sentence that names it, the reason and the
    fix.
    """

    urn: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the pack. ``judge`` yields what breaks it; no violation means that the rule holds.

    ``properties`` is the JSON schema of the rule's own settings in the pack's config, by name.
    """

    id: str
    severity: Severity
    description: str
    remedy: str
    link: str
    judge: Callable[[Context], Iterable[Violation]]
    enforcement: Enforcement = "mandatory"
    properties: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def broken(urn: str, subject: str, reason: str, fix: str) -> Violation:
    """A violation in the pack's one form: what is concerned, what is wrong with it, how to mend it."""
    return Violation(urn, f"{subject}: {reason}\nfix: {fix}")
