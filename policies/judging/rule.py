"""What a rule is: metadata that documents it, and a judgment over the whole deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from .context import Context

__all__ = ["REMEDY", "Rule", "Schema", "Violation", "broken", "rule"]

Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
Enforcement: TypeAlias = Literal["mandatory", "advisory"]
Judge: TypeAlias = "Callable[[Context], Iterable[Violation]]"
Schema: TypeAlias = Mapping[str, Mapping[str, object]]

REMEDY: Final = ""
"""The fix of a violation that has none of its own: its rule's remedy."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that breaks a rule: the resource's URN, and what is wrong with what.

    ``note`` is a line that the message ends with, or empty.
    """

    urn: str
    problem: str
    fix: str = REMEDY
    note: str = ""


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
    judge: Judge
    enforcement: Enforcement = "mandatory"
    properties: Schema = field(default_factory=dict)

    def message(self, violation: Violation) -> str:
        """Return the violation in the pack's one form: what is wrong with what, how to fix it, and the
        note.
        """
        lines = (violation.problem, f"fix: {violation.fix or self.remedy}", violation.note)
        return "\n".join(filter(None, lines))


def rule(
    *,
    id: str,
    severity: Severity,
    description: str,
    remedy: str,
    link: str,
    enforcement: Enforcement = "mandatory",
    properties: Schema | None = None,
) -> Callable[[Judge], Rule]:
    """Make a rule of the function below it, which judges a deployment."""

    def made(judge: Judge) -> Rule:
        return Rule(id, severity, description, remedy, link, judge, enforcement, properties or {})

    return made


def broken(urn: str, subject: str, reason: str, fix: str = REMEDY) -> Violation:
    """Return a violation: the subject, what is wrong with it, and how to fix it."""
    return Violation(urn, f"{subject}: {reason}", fix)
