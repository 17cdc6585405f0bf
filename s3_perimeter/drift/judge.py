"""Judging: controls over facts, without I/O. What cannot be told is its own finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from s3_perimeter.drift.controls.control import Control, View, scope_of
from s3_perimeter.drift.declared import Declared, Subject
from s3_perimeter.drift.facts import Call, UnknownError
from s3_perimeter.drift.findings import Difference, Finding, Kind, Severity, Status, Verdict

_PREFER_UNKNOWN = {Status.DRIFT: 0, Status.UNKNOWN: 1, Status.IN_SYNC: 2}


def needed(declared: Declared, controls: Sequence[Control[Any]]) -> list[Call]:
    """Every call that these controls need for this stack, those of the gates always among them."""
    return [
        call
        for subject in declared.subjects()
        for control in controls
        if control.scope == scope_of(subject)
        for call in control.calls(subject)
    ]


def judge(
    view: View, controls: Sequence[Control[Any]], wanted: Iterable[str]
) -> tuple[tuple[Finding, ...], tuple[Verdict, ...]]:
    """Judge every subject by the wanted controls; findings and verdicts come out sorted.

    Gates are always asked: where one says that the subject is not there, or is somebody else's, the
    subject's other controls stay silent, because what they would say is either that again or about the
    wrong thing.
    """
    chosen = frozenset(wanted)
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    for subject in view.declared.subjects():
        own = [control for control in controls if control.scope == scope_of(subject)]
        closed = False
        for control in sorted(own, key=lambda control: not control.gate):
            if closed or (control.id not in chosen and not control.gate):
                continue
            found = _one(control, subject, view)
            if control.gate and any(f.kind in (Kind.MISSING, Kind.CHANGED) for f in found):
                closed = True
            if control.id in chosen:
                findings += found
                verdicts.append(Verdict(control.id, subject.arn, _status(found)))
    return (
        tuple(sorted(findings, key=lambda finding: finding.order)),
        tuple(sorted(verdicts, key=lambda verdict: (verdict.resource, verdict.control))),
    )


def _one(control: Control[Any], subject: Subject, view: View) -> list[Finding]:
    found: list[Finding] = []
    try:
        for difference in control.judge(subject, view):
            found.append(_stamped(control, subject, difference))  # kept, whatever the next one raises
    except UnknownError as error:
        fix = "make the call possible and check again (`drift-check --print-policy`: the permissions needed)"
        found.append(_unknown(control, subject, str(error), fix))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Whatever stands in a property of the state, the other controls are judged.
        reason = f"the state holds what this control cannot read ({type(error).__name__})"
        fix = "write the state again with `pulumi stack export`, or `pulumi refresh` and check again"
        found.append(_unknown(control, subject, reason, fix))
    return found


def _unknown(control: Control[Any], subject: Subject, reason: str, fix: str) -> Finding:
    return Finding(
        control=control.id,
        resource=subject.arn,
        kind=Kind.UNKNOWN,
        severity=Severity.MEDIUM,
        declared=None,
        observed=None,
        detail=f"could not be told: {reason}",
        fix=fix,
    )


def _stamped(control: Control[Any], subject: Subject, difference: Difference) -> Finding:
    return Finding(
        control=control.id,
        resource=difference.resource or subject.arn,
        kind=difference.kind,
        severity=difference.severity,
        declared=difference.declared,
        observed=difference.observed,
        detail=difference.detail,
        fix=difference.fix,
        witness=difference.witness,
    )


def _status(found: Sequence[Finding]) -> Status:
    statuses = [Status.UNKNOWN if finding.kind is Kind.UNKNOWN else Status.DRIFT for finding in found]
    return min(statuses, key=_PREFER_UNKNOWN.__getitem__, default=Status.IN_SYNC)
