"""Judging: controls over facts, without I/O. What cannot be determined is its own finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from s3_perimeter.drift.facts import Call, NotOffered, UnknownError
from s3_perimeter.drift.findings import Difference, Finding, Kind, Severity, Status, Verdict
from s3_perimeter.drift.judging.control import Context, Control
from s3_perimeter.drift.subjects import Bucket, Declared, Subject
from s3_perimeter.stack.state import ShapeError

__all__ = ["judge", "needed", "not_offered", "undetermined"]

_PREFER_UNKNOWN = {Status.DRIFT: 0, Status.UNKNOWN: 1, Status.IN_SYNC: 2}


def needed(declared: Declared, controls: Sequence[Control[Any]]) -> list[Call]:
    """Return every call that these controls need for this stack."""
    return [
        call
        for subject in declared.subjects()
        for control in controls
        if control.applies(subject)
        for call in control.calls(subject)
    ]


def judge(
    context: Context, controls: Sequence[Control[Any]], wanted: Iterable[str]
) -> tuple[tuple[Finding, ...], tuple[Verdict, ...]]:
    """Judge every subject by the wanted controls; findings and verdicts come out sorted.

    Preliminary ones are always asked: where one says that its subject is not there, or is not ours, all the
    subject's other controls stay silent, because what they would say is either that again or about the
    wrong thing. A control whose service the region lacks gives no verdict: `check` notes it as not checked. A
    mistake in a control is raised as it is: it is ours, and no state of the stack.
    """
    chosen = frozenset(wanted)
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    for subject in context.declared.subjects():
        own = [
            control
            for control in controls
            if control.applies(subject) and not any(not_offered(control, subject, context))
        ]
        early = {control.id: _one(control, subject, context) for control in own if control.preliminary}
        closing = {
            name
            for name, found in early.items()
            if any(f.kind in (Kind.MISSING, Kind.CHANGED) for f in found)
        }
        for control in own:
            if control.id not in chosen or (closing and control.id not in closing):
                continue
            found = early[control.id] if control.preliminary else _one(control, subject, context)
            findings += found
            verdicts.append(Verdict(control.id, subject.arn, _status(found), control.declared(subject)))
    return (
        tuple(sorted(findings, key=lambda finding: finding.order)),
        tuple(sorted(verdicts, key=lambda verdict: (verdict.resource, verdict.control))),
    )


def not_offered(control: Control[Any], subject: Subject, context: Context) -> Iterator[str]:
    """Yield why a control cannot be asked of a subject: a service that it needs is not offered in the
    region.
    """
    for call in control.calls(subject) if control.applies(subject) else ():
        fact = context.facts.fact(call)
        if isinstance(fact, NotOffered):
            yield fact.reason


def undetermined(reason: object) -> str:
    """Return the detail of a finding about what could not be determined."""
    return f"could not be determined: {reason}"


def _one(control: Control[Any], subject: Subject, context: Context) -> list[Finding]:
    if isinstance(subject, Bucket) and subject.unread & set(control.parts):
        reason = "not checked: the aws-native bucket declares it in properties that this control cannot read"
        fix = f"pulumi refresh --preview-only --stack {context.declared.reference}"
        return [_unknown(control, subject, reason, fix)]
    found: list[Finding] = []
    try:
        for difference in control.judge(subject, context):
            found.append(_stamped(control, subject, difference))  # kept, whatever the next one raises
    except UnknownError as error:
        shown = f"drift-check {'--strict ' if control.strict else ''}--print-policy"
        fix = f"allow the call and check again (`{shown}` shows the permissions needed)"
        if control.strict:  # of a service that nobody may use here, or that the region lacks
            fix += f", or leave the control out with `--skip {control.id}`"
        found.append(_unknown(control, subject, undetermined(error), fix))
    except ShapeError as error:  # whatever stands in the state, the other controls are judged
        fix = f"pulumi refresh --preview-only --stack {context.declared.reference}"
        found.append(_unknown(control, subject, undetermined(error), fix))
    return found


def _unknown(control: Control[Any], subject: Subject, detail: str, fix: str) -> Finding:
    return Finding(
        control=control.id,
        resource=subject.arn,
        kind=Kind.UNKNOWN,
        severity=Severity.MEDIUM,
        declared=None,
        observed=None,
        detail=detail,
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
