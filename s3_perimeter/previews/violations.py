"""Policy violations as a preview reports them: read from the engine's events, and written for people
and for CI.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from s3_perimeter.reporting.junit import JunitCase, JunitMark, JunitSuite, junit_document
from s3_perimeter.reporting.markdown import cell, code, markdown_table

__all__ = ["Violation", "as_json", "as_junit", "as_markdown", "as_sarif", "as_text"]

_NAME: Final = "s3-perimeter"
# The engine marks colours in event messages: <{%fg 1%}>text<{%reset%}>.
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")
_OWN: Final = "s3-perimeter"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. ``summary`` is what the rule requires, ``detail`` what breaks it and how to fix it."""

    rule: str
    pack: str
    level: Literal["mandatory", "advisory"]
    urn: str
    summary: str
    detail: str

    @classmethod
    def from_event(cls, *, rule: str, pack: str, level: str, urn: str | None, message: str) -> Violation:
        """Read one from the fields of a policy event; whatever is not advisory counts as mandatory."""
        text = _CONTROL.sub("", _COLOUR.sub("", message)).strip()
        summary, _, detail = text.partition("\n")
        return cls(
            rule=rule,
            pack=pack,
            level="advisory" if level in ("advisory", "warning") else "mandatory",
            urn=urn or "",
            summary=summary,
            detail=detail or summary,
        )

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Mandatory ones first, then by rule and resource: two previews of one program print the same."""
        return (self.level != "mandatory", self.rule, self.urn, self.detail)

    @property
    def resource(self) -> str:
        """The resource's own name, or what a stack-wide violation is about."""
        return self.urn.rpartition("::")[2] or "the stack"


def as_text(violations: Sequence[Violation]) -> str:
    """Return the report for a terminal, with one line to grep for at the end."""
    lines = []
    for found in violations:
        lines.append(f"{found.level}: {found.rule} ({found.resource})")
        lines += [f"  {line}" for line in found.detail.splitlines()]
        lines.append("")
    mandatory = sum(found.level == "mandatory" for found in violations)
    lines.append(f"result: {mandatory} mandatory, {len(violations) - mandatory} advisory")
    return "\n".join(lines)


def as_json(violations: Sequence[Violation]) -> str:
    """Return a list, one object a violation."""
    return json.dumps([_object(found) for found in violations], indent=2, ensure_ascii=False)


def as_sarif(violations: Sequence[Violation], program: str) -> str:
    """SARIF 2.1.0, one rule entry an id. Results point at the program's project file: URNs have no line."""
    from s3_perimeter.reporting.sarif import SarifResult, SarifRule, sarif_log

    rules = {
        found.rule: SarifRule(
            id=found.rule,
            level="error" if found.level == "mandatory" else "warning",
            score=8.0 if found.level == "mandatory" else 4.0,
            title=found.summary,
            help=found.summary,
            page=f"reference/rules.md#{found.rule}" if found.pack == _OWN else "how-to/enforce-in-ci.md",
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
    log = sarif_log("s3-perimeter", list(rules.values()), results)
    return json.dumps(log, indent=2, ensure_ascii=False)


def as_junit(violations: Sequence[Violation]) -> str:
    """JUnit XML: a mandatory violation is a failed test, an advisory one a passed test with output."""
    cases = [JunitCase(_NAME, f"{found.rule} {found.urn}", [_mark(found)]) for found in violations] or [
        JunitCase(_NAME, "every rule holds")
    ]
    return junit_document([JunitSuite(_NAME, cases)])


def _mark(found: Violation) -> JunitMark:
    if found.level == "mandatory":
        return JunitMark("failure", message=found.summary, text=found.detail)
    return JunitMark("system-out", text=found.detail)


def as_markdown(violations: Sequence[Violation]) -> str:
    """Return a table for a pull request's comment."""
    if not violations:
        return "**Policy pack:** no violation."
    rows = [(found.level, code(found.rule), cell(found.resource), cell(found.detail)) for found in violations]
    return "\n".join(markdown_table(("level", "rule", "resource", "what and how to fix it"), rows))


def _object(found: Violation) -> Mapping[str, str]:
    return {
        "rule": found.rule,
        "pack": found.pack,
        "level": found.level,
        "urn": found.urn,
        "summary": found.summary,
        "detail": found.detail,
    }


def ordered(violations: Iterable[Violation]) -> list[Violation]:
    """Sorted, and each one once: the engine can report the same violation in two phases."""
    return sorted(set(violations), key=lambda found: found.order)
