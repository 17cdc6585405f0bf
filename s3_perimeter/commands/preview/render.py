"""Policy violations as text, and in the forms that CI shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from s3_perimeter.previews.packs import Pack, packs_sentence
from s3_perimeter.previews.violations import Violation
from s3_perimeter.reporting.junit import JunitCase, JunitMark, JunitSuite, junit_document
from s3_perimeter.reporting.markdown import cell, code, markdown_table
from s3_perimeter.reporting.output import as_json
from s3_perimeter.reporting.sarif import SarifResult, SarifRule, sarif_log

__all__ = ["render"]

_NAME: Final = "s3-perimeter"


def render(violations: Sequence[Violation], form: str, program: str, packs: Sequence[Pack] = ()) -> str:
    """Return the report in one of the formats; `program` is the project's file, `packs` what judged it."""
    match form:
        case "json":
            return as_json([asdict(found) for found in violations])
        case "sarif":
            return as_json(_sarif(violations, program))
        case "junit":
            return _junit(violations)
        case "markdown":
            return _markdown(violations, packs)
    return _text(violations, packs)


def _text(violations: Sequence[Violation], packs: Sequence[Pack]) -> str:
    """Return the report for a terminal: what judged the preview, and one line to grep for, at the end."""
    lines = []
    for found in violations:
        lines.append(f"{found.level}: {found.rule} ({found.resource})")
        lines += [f"  {line}" for line in found.detail.splitlines()]
        lines.append("")
    mandatory = sum(found.level == "mandatory" for found in violations)
    lines.append(packs_sentence(packs))
    lines.append(f"result: {mandatory} mandatory, {len(violations) - mandatory} advisory")
    return "\n".join(lines)


def _sarif(violations: Sequence[Violation], program: str) -> dict[str, Any]:
    """Return SARIF 2.1.0, one rule entry an id; results are in the project's file, as URNs have no line."""
    rules = {
        found.rule: SarifRule(
            id=found.rule,
            level="error" if found.level == "mandatory" else "warning",
            score=8.0 if found.level == "mandatory" else 4.0,
            title=found.summary,
            help=found.summary,
            page=f"reference/rules.md#{found.rule}" if found.pack == _NAME else "how-to/enforce-in-ci.md",
            link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
            tags=("policy-pack",),
        )
        for found in sorted(violations, key=lambda found: (found.rule, found.level == "mandatory"))
    }
    results = [
        SarifResult(
            rule=found.rule,
            message=found.detail,
            file=program,
            identity=f"{found.rule}:{found.urn}",
            level="error" if found.level == "mandatory" else "warning",
            resource=found.urn,
        )
        for found in violations
    ]
    return sarif_log(_NAME, list(rules.values()), results)


def _junit(violations: Sequence[Violation]) -> str:
    """Return JUnit XML: a mandatory violation is a failed test, an advisory one a passed test with output."""
    cases = [JunitCase(_NAME, f"{found.rule} {found.urn}", [_mark(found)]) for found in violations] or [
        JunitCase(_NAME, "every rule holds")
    ]
    return junit_document([JunitSuite(_NAME, cases)])


def _mark(found: Violation) -> JunitMark:
    if found.level == "mandatory":
        return JunitMark("failure", message=found.summary, text=found.detail)
    return JunitMark("system-out", text=found.detail)


def _markdown(violations: Sequence[Violation], packs: Sequence[Pack]) -> str:
    """Return a table for a pull request's comment, and what judged the preview."""
    said = cell(packs_sentence(packs))
    if not violations:
        return f"**No violation.** {said}."
    rows = [(found.level, code(found.rule), cell(found.resource), cell(found.detail)) for found in violations]
    table = markdown_table(("level", "rule", "resource", "what and how to fix it"), rows)
    return "\n".join([*table, "", f"{said}."])
