"""What a check says: findings, the verdict on each control, and the report on one stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Difference", "Finding", "Json", "Kind", "Report", "Severity", "Status", "Verdict", "exit_code"]

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class Severity(StrEnum):
    """How much a difference lets someone do; `rank` 0 is the worst."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Kind(StrEnum):
    """How the observed thing stands to the declared one."""

    CHANGED = "changed"
    MISSING = "missing"
    UNMANAGED = "unmanaged"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """The verdict on a control or on a stack; a thing that could not be read is never in sync."""

    IN_SYNC = "in-sync"
    DRIFT = "drift"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a control found, before the control's name and the resource's are put on it.

    `detail` says what it lets someone do; `fix` is a command or one sentence. `resource` is given where the
    difference is about something else than the subject judged.
    """

    kind: Kind
    severity: Severity
    declared: Json
    observed: Json
    detail: str
    fix: str
    witness: Json = None
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference of one control on one resource; `as_json` is the shape that scripts rely on."""

    control: str
    resource: str
    kind: Kind
    severity: Severity
    declared: Json
    observed: Json
    detail: str
    fix: str
    witness: Json = None

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """Worst first, then by name: two checks of one state print the same."""
        return (self.severity.rank, self.control, self.resource, self.kind, self.detail)

    def as_json(self) -> dict[str, Json]:
        """Return the finding as the JSON report holds it, keys in order."""
        return {
            "control": self.control,
            "resource": self.resource,
            "kind": self.kind.value,
            "severity": self.severity.value,
            "declared": self.declared,
            "observed": self.observed,
            "detail": self.detail,
            "witness": self.witness,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one control came out on one resource; `declared` is false where AWS's default was compared."""

    control: str
    resource: str
    status: Status
    declared: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one check of one stack has to say.

    `findings` and `verdicts` are sorted. `accepted` are the findings that a baseline covers, `pending`
    those that the next `pulumi up` will bring about (the config was edited): neither makes the stack drift.
    """

    stack: str
    checked_at: datetime
    api_calls: int
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...] = ()
    accepted: tuple[tuple[Finding, str], ...] = ()
    pending: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = field(default=None)

    @property
    def status(self) -> Status:
        """Drift where anything differs, else unknown where anything could not be determined, else in-sync."""
        if any(finding.kind is not Kind.UNKNOWN for finding in self.findings):
            return Status.DRIFT
        if self.findings or self.error:
            return Status.UNKNOWN
        return Status.IN_SYNC

    def as_json(self) -> dict[str, Json]:
        """Return the report in the shape of the JSON report."""
        return {
            "stack": self.stack,
            "status": self.status.value,
            "checked_at": self.checked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "api_calls": self.api_calls,
            "findings": [finding.as_json() for finding in self.findings],
        }


def exit_code(reports: Sequence[Report]) -> int:
    """Return 0 if every stack is in sync, 1 if one drifted, otherwise 2."""
    statuses = {report.status for report in reports}
    if Status.DRIFT in statuses:
        return 1
    return 2 if Status.UNKNOWN in statuses or not reports else 0
