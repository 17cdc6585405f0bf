"""Markdown, for an issue or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s3_perimeter.drift.findings import Finding, Report, Status
from s3_perimeter.reporting.markdown import cell, code, markdown_table

__all__ = ["markdown"]

_MARKS = {Status.IN_SYNC: "in sync", Status.DRIFT: "**drift**", Status.UNKNOWN: "**unknown**"}


def markdown(reports: Sequence[Report]) -> str:
    """Return a table of the stacks, then the findings of each that has any."""
    stacks = [
        (
            cell(report.stack),
            _MARKS[report.status],
            str(len(report.findings)),
            f"{report.checked_at:%Y-%m-%d %H:%M} UTC",
        )
        for report in reports
    ]
    lines = ["# Drift check", "", *markdown_table(("stack", "status", "findings", "checked at"), stacks)]
    for report in reports:
        lines += _stack(report)
    return "\n".join(lines) + "\n"


def _stack(report: Report) -> Iterator[str]:
    if not (report.findings or report.error or report.pending or report.accepted or report.notes):
        return
    yield from ("", f"## {cell(report.stack)}", "")
    if report.error:
        yield from (f"Could not be checked: {cell(report.error)}", "")
    if report.findings:
        yield from markdown_table(
            ("severity", "control", "resource", "what", "fix"), map(_row, report.findings)
        )
    for pending in report.pending:
        yield f"- config edited, not deployed: {cell(pending)}"
    for finding, reason in report.accepted:
        yield f"- accepted: {finding.control} on {code(finding.resource)}: {cell(reason)}"
    for note in report.notes:
        yield f"- {cell(note)}"


def _row(finding: Finding) -> tuple[str, ...]:
    fix = code(finding.fix) if finding.fix.startswith(("aws ", "pulumi ")) else cell(finding.fix)
    what = f"{finding.kind}: {cell(finding.detail)}"
    return finding.severity, finding.control, code(finding.resource), what, fix
