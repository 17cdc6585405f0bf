"""SARIF 2.1.0, as code scanning reads it: one rule a control, one result a finding."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from s3_perimeter.drift.controls import CONTROLS
from s3_perimeter.drift.findings import Finding, Kind, Report, Severity, Status

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
# What code scanning sorts by, on the scale of CVSS.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "2.0"}


def sarif(reports: Sequence[Report]) -> str:
    """One run with every stack's findings."""
    used = sorted({finding.control for report in reports for finding in report.findings})
    controls = {control.id: control for control in CONTROLS}
    rules = [
        {
            "id": name,
            "shortDescription": {"text": controls[name].title},
            "fullDescription": {"text": controls[name].impact},
            "defaultConfiguration": {"level": _LEVELS[controls[name].severity]},
            "properties": {
                "security-severity": _SCORES[controls[name].severity],
                "tags": ["security", "drift"],
            },
        }
        for name in used
    ]
    results = [
        _result(report.stack, finding, used.index(finding.control))
        for report in reports
        for finding in report.findings
    ]
    told = [report for report in reports if report.error]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "drift-check", "rules": rules}},
        "results": results,
        "invocations": [
            {
                "executionSuccessful": not any(report.status is Status.UNKNOWN for report in reports),
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"stack {report.stack}: {report.error}"}}
                    for report in told
                ],
            }
        ],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, default=str) + "\n"


def _result(stack: str, finding: Finding, rule: int) -> dict[str, Any]:
    """A finding at the stack's config file: code scanning wants a file, and that is the one to look at."""
    identity = f"{stack} {finding.control} {finding.resource} {finding.kind}"
    return {
        "ruleId": finding.control,
        "ruleIndex": rule,
        "level": "warning" if finding.kind is Kind.UNKNOWN else _LEVELS[finding.severity],
        "message": {"text": f"{finding.resource}: {finding.detail}\n\nFix: {finding.fix}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"Pulumi.{stack}.yaml"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": finding.resource, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"driftCheck/v1": hashlib.sha256(identity.encode()).hexdigest()},
        "properties": {"stack": stack, "severity": finding.severity.value, "kind": finding.kind.value},
    }
