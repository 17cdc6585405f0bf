"""JUnit XML: a suite a stack, a case for each control on each resource; drift fails, unknown is an error."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.drift.findings import Finding, Kind, Report
from s3_perimeter.reporting.junit import JunitCase, JunitMark, JunitSuite, junit_document

__all__ = ["junit"]


def junit(reports: Sequence[Report]) -> str:
    """Return the reports as one document of test suites."""
    return junit_document([_suite(report) for report in reports]) + "\n"


def _suite(report: Report) -> JunitSuite:
    found: dict[tuple[str, str], list[Finding]] = {
        (verdict.control, verdict.resource): [] for verdict in report.verdicts
    }
    for finding in report.findings:
        found.setdefault((finding.control, finding.resource), []).append(finding)
    cases = [
        JunitCase(resource, control, [_mark(finding) for finding in findings])
        for (control, resource), findings in found.items()
    ]
    if report.error:
        cases.insert(0, JunitCase(report.stack, "stack", [JunitMark("error", text=report.error)]))
    return JunitSuite(report.stack, cases, report.checked_at)


def _mark(finding: Finding) -> JunitMark:
    return JunitMark(
        "error" if finding.kind is Kind.UNKNOWN else "failure",
        message=finding.detail,
        type=f"{finding.kind} ({finding.severity})",
        text=f"fix: {finding.fix}",
    )
