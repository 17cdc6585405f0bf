"""JUnit XML: a suite a stack, a case for each control on each resource; drift fails, unknown is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from s3_perimeter.drift.findings import Finding, Kind, Report

# Characters that XML 1.0 cannot hold, escaped or not.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(reports: Sequence[Report]) -> str:
    """The reports as one document of test suites."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for report in reports:
        lines += _suite(report)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(report: Report) -> Iterator[str]:
    cases = [(verdict.control, verdict.resource) for verdict in report.verdicts]
    cases += [place for f in report.findings if (place := (f.control, f.resource)) not in cases]
    by_case: dict[tuple[str, str], list[Finding]] = {case: [] for case in cases}
    for finding in report.findings:
        by_case[finding.control, finding.resource].append(finding)
    failures = sum(any(f.kind is not Kind.UNKNOWN for f in found) for found in by_case.values())
    errors = sum(bool(found) and all(f.kind is Kind.UNKNOWN for f in found) for found in by_case.values())
    yield (
        f"  <testsuite name={_attribute(report.stack)} tests='{len(by_case) + bool(report.error)}' "
        f"failures='{failures}' errors='{errors + bool(report.error)}' "
        f"timestamp='{report.checked_at:%Y-%m-%dT%H:%M:%S}'>"
    )
    if report.error:
        yield f"    <testcase classname={_attribute(report.stack)} name='stack'>"
        yield f"      <error>{_text(report.error)}</error>"
        yield "    </testcase>"
    for (control, resource), found in by_case.items():
        head = f"    <testcase classname={_attribute(resource)} name={_attribute(control)}"
        if not found:
            yield f"{head}/>"
            continue
        yield f"{head}>"
        for finding in found:
            tag = "error" if finding.kind is Kind.UNKNOWN else "failure"
            kind = _attribute(f"{finding.kind} ({finding.severity})")
            said, mend = _attribute(finding.detail), _text(f"fix: {finding.fix}")
            yield f"      <{tag} message={said} type={kind}>{mend}</{tag}>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _attribute(words: str) -> str:
    return quoteattr(_UNFIT.sub("?", words))


def _text(words: str) -> str:
    return escape(_UNFIT.sub("?", words))
