"""Text: the result first, one line a control, details below what differs, and what to do about it."""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from s3_perimeter.documents.nodes import visible
from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.findings import Finding, Kind, Report, Severity, Status, Verdict
from s3_perimeter.reporting.output import Style, paint

__all__ = ["finding_lines", "text"]

_TITLES = {control.id: control.title for control in CONTROLS}
_DEFAULTS = {control.id: control.default for control in CONTROLS}
_ORDER = {control.id: place for place, control in enumerate(CONTROLS)}
_STYLES: dict[Status, Style] = {Status.DRIFT: "bad", Status.UNKNOWN: "warn", Status.IN_SYNC: "good"}
_BELOW = " " * 9
"""What stands before what is said of a control, below its first line."""


def text(reports: Sequence[Report]) -> str:
    """Return the reports, one below the other, and a last line to look for in a log."""
    lines: list[str] = []
    causes: set[str] = set()
    for report in reports:
        repeated = report.error is not None and report.error in causes
        causes |= {report.error} if report.error else set()
        shown = replace(report, error="not checked, for the reason given above") if repeated else report
        lines += [*_report(shown, brief=len(reports) > 1), ""]
    counts = {status: sum(report.status is status for report in reports) for status in Status}
    if len(reports) > 1:
        lines.append(
            f"result: {counts[Status.IN_SYNC]} in-sync, {counts[Status.DRIFT]} drift, "
            f"{counts[Status.UNKNOWN]} unknown"
        )
    elif reports:
        lines.append(f"result: {reports[0].status}")
    else:
        lines.append("result: nothing was checked")
    return "\n".join(lines) + "\n"


def _report(report: Report, *, brief: bool) -> Iterator[str]:
    drifted = sum(finding.kind is not Kind.UNKNOWN for finding in report.findings)
    unknown = len(report.findings) - drifted
    said = [f"{drifted} differ" if drifted != 1 else "1 differs"] if drifted else []
    said += [f"{unknown} could not be determined"] if unknown else []
    said += [f"{len(report.accepted)} accepted by the baseline"] if report.accepted else []
    controls = len({verdict.control for verdict in report.verdicts})
    said += [f"{controls} controls", f"{report.api_calls} calls"]
    yield f"stack {report.stack}: {paint(report.status, _STYLES[report.status])} ({', '.join(said)})"
    if report.error:
        yield textwrap.indent(report.error, "  ")
    yield from finding_lines(report.findings)
    for pending in report.pending:
        yield f"{paint('PENDING', 'warn')}  the config was edited but not deployed:"
        yield _BELOW + _plain(pending)
    for finding, reason in report.accepted:
        yield paint(_plain(f"accepted {finding.control} on {finding.resource}: {reason}"), "dim")
    for note in report.notes:
        yield f"note: {_plain(note)}"
    if not brief:
        yield from _clean(report)


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings, those of one control together, what could not be determined last."""
    ordered = sorted(findings, key=lambda finding: (finding.kind is Kind.UNKNOWN, finding.order))
    for control, found in groupby(
        ordered, key=lambda finding: (finding.kind is Kind.UNKNOWN, finding.control)
    ):
        yield from _control(control[1], list(found))


def _control(control: str, found: Sequence[Finding]) -> Iterator[str]:
    worst = min(found, key=lambda finding: finding.severity.rank)
    if worst.kind is Kind.UNKNOWN:
        yield f"{paint('UNKNOWN', 'warn')}  {control}: {_TITLES[control]}"
    else:
        style: Style = "bad" if worst.severity in (Severity.CRITICAL, Severity.HIGH) else "warn"
        yield f"{paint('DRIFT', style)}    {control} ({worst.severity}): {_TITLES[control]}"
    by_words: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        by_words[finding.detail, finding.fix].append(finding)
    for (detail, fix), same in by_words.items():
        for finding in same:
            kind = "" if finding.kind is Kind.UNKNOWN else f" {finding.kind}"
            yield _BELOW + _plain(finding.resource) + kind
        yield _BELOW + _plain(detail)
        if same[0].witness is not None:
            yield f"{_BELOW}witness: {_plain(_request(same[0].witness))}"
        yield f"{_BELOW}fix: {_plain(fix)}"


def _request(witness: object) -> str:
    """Return a witness in a line: who does what from where."""
    if not isinstance(witness, dict):
        return str(witness)
    origin = f" from {witness['source_ip']}" if witness.get("source_ip") else ""
    return (
        f"{witness.get('principal')} {witness.get('action')} {witness.get('resource')}{origin}"
        f" ({witness.get('channel')})"
    )


def _plain(words: str) -> str:
    """Return a text in one line that a terminal takes as text. A line that began with `::` would be a command
    to GitHub's runner.
    """
    shown = visible(re.sub(r"\s", " ", words)).replace(" ::", "\N{NO-BREAK SPACE}::")
    return f": {shown[1:]}" if shown.lstrip().startswith("::") else shown


def _clean(report: Report) -> Iterator[str]:
    """Yield the controls that came out in sync everywhere, one line each, in their order."""
    wrong = {finding.control for finding in report.findings}
    clean: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in report.verdicts:
        if verdict.status is Status.IN_SYNC and verdict.control not in wrong:
            clean[verdict.control].append(verdict)
    for control in sorted(clean, key=_ORDER.__getitem__):
        yield f"{paint('ok', 'good')}       {control}: {_in_sync(control, clean[control])}"


def _in_sync(control: str, verdicts: Sequence[Verdict]) -> str:
    """Return what came out in sync: "as declared" is said only of what is declared."""
    silent = [verdict.resource for verdict in verdicts if not verdict.declared]
    if not silent:
        return _TITLES[control]
    default = f"nothing is declared, and AWS's default is in force ({_DEFAULTS[control]})"
    if len(silent) == len(verdicts):
        return default
    return f"{_TITLES[control]}; for {', '.join(map(visible, silent))} {default}"
