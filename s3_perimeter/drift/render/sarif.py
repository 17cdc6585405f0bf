"""SARIF 2.1.0, as code scanning reads it: one rule a control, one result a finding."""

from __future__ import annotations

import json
from collections.abc import Sequence

from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.findings import Finding, Kind, Report, Severity, Status
from s3_perimeter.reporting.sarif import Level, SarifResult, SarifRule, sarif_log

__all__ = ["sarif"]

_LEVELS: dict[Severity, Level] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
# What code scanning sorts by, on the scale of CVSS.
_SCORES = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.0, Severity.LOW: 2.0}
_AWS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"


def sarif(reports: Sequence[Report]) -> str:
    """Return one run with every stack's findings."""
    used = sorted({finding.control for report in reports for finding in report.findings})
    controls = {control.id: control for control in CONTROLS}
    rules = [
        SarifRule(
            id=name,
            level=_LEVELS[controls[name].severity],
            score=_SCORES[controls[name].severity],
            title=controls[name].title,
            help=controls[name].impact,
            page="reference/controls.md",
            link=_AWS,
            tags=("drift",),
        )
        for name in used
    ]
    unknown = [report for report in reports if report.status is Status.UNKNOWN or report.error]
    failures = [f"stack {report.stack}: {report.error}" if report.error else "" for report in unknown]
    results = [_result(report.stack, finding) for report in reports for finding in report.findings]
    return json.dumps(sarif_log("drift-check", rules, results, failures), indent=2, default=str) + "\n"


def _result(stack: str, finding: Finding) -> SarifResult:
    """Return a finding at the stack's config file: code scanning wants a file, and that is the one to look
    at.
    """
    return SarifResult(
        rule=finding.control,
        message=f"{finding.resource}: {finding.detail}\n\nFix: {finding.fix}",
        file=f"Pulumi.{stack.rpartition('/')[2]}.yaml",
        identity=f"{stack} {finding.control} {finding.resource} {finding.kind}",
        level="warning" if finding.kind is Kind.UNKNOWN else None,
        resource=finding.resource,
        properties={"stack": stack, "severity": finding.severity.value, "kind": finding.kind.value},
    )
