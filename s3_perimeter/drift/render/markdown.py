"""Markdown, for an issue or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s3_perimeter.drift.findings import Report, Status

_MARKS = {Status.IN_SYNC: "in sync", Status.DRIFT: "**drift**", Status.UNKNOWN: "**unknown**"}


def markdown(reports: Sequence[Report]) -> str:
    """A table of the stacks, then the findings of each that has any."""
    lines = ["# Drift check", "", "| stack | status | findings | checked at |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {_cell(report.stack)} | {_MARKS[report.status]} | {len(report.findings)} "
        f"| {report.checked_at:%Y-%m-%d %H:%M} UTC |"
        for report in reports
    ]
    for report in reports:
        lines += _stack(report)
    return "\n".join(lines) + "\n"


def _stack(report: Report) -> Iterator[str]:
    if not (report.findings or report.error or report.pending or report.accepted or report.notes):
        return
    yield from ("", f"## {report.stack}", "")
    if report.error:
        yield from (f"Could not be checked: {report.error}", "")
    if report.findings:
        yield from ("| severity | control | resource | what | fix |", "| --- | --- | --- | --- | --- |")
    for finding in report.findings:
        yield (
            f"| {finding.severity} | {finding.control} | `{_cell(finding.resource)}` "
            f"| {finding.kind}: {_cell(finding.detail)} | {_code(finding.fix)} |"
        )
    for pending in report.pending:
        yield f"- config edited, not deployed: {pending}"
    for finding, reason in report.accepted:
        yield f"- accepted: {finding.control} on `{_cell(finding.resource)}`: {reason}"
    for note in report.notes:
        yield f"- {note}"


def _cell(words: str) -> str:
    return words.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _code(words: str) -> str:
    """A command in code marks; a sentence as it is."""
    return f"`{words.replace('|', chr(92) + '|')}`" if words.startswith(("aws ", "pulumi ")) else _cell(words)
