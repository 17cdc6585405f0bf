"""JUnit XML as CI systems read it: one document for every command, whatever stands in a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

__all__ = ["JunitCase", "JunitMark", "JunitSuite", "junit_document"]

# The characters that XML 1.0 has no place for, escaped or not (section 2.2).
_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
# A parser turns these into blanks within an attribute, unless they are written so.
_BLANKS: Final = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


@dataclass(frozen=True, slots=True)
class JunitMark:
    """Why a test case did not pass, or what it printed. `text` stands below, `message` in one line."""

    outcome: Literal["failure", "error", "skipped", "system-out"]
    message: str = ""
    type: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class JunitCase:
    """One test case: it passed where it has no mark but its output."""

    group: str
    name: str
    marks: Sequence[JunitMark] = ()
    seconds: float | None = None

    @property
    def outcome(self) -> str:
        """The worst of its marks, empty where it passed."""
        there = {mark.outcome for mark in self.marks}
        return next((outcome for outcome in ("failure", "error", "skipped") if outcome in there), "")


@dataclass(frozen=True, slots=True)
class JunitSuite:
    """The test cases of one run, or of one stack."""

    name: str
    cases: Sequence[JunitCase]
    made: datetime | None = None


def junit_document(suites: Sequence[JunitSuite]) -> str:
    """Return the suites as one document, which ends without a line break."""
    every = [case for suite in suites for case in suite.cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"{_tag('testsuites', **_counts(every))}>"]
    for suite in suites:
        lines += _suite(suite)
    return "\n".join([*lines, "</testsuites>"])


def _suite(suite: JunitSuite) -> Iterator[str]:
    made = f"{suite.made:%Y-%m-%dT%H:%M:%S}" if suite.made else ""
    yield f"  {_tag('testsuite', name=suite.name, **_counts(suite.cases), timestamp=made)}>"
    for case in suite.cases:
        seconds = "" if case.seconds is None else f"{case.seconds:.3f}"
        head = "    " + _tag("testcase", classname=case.group, name=case.name, time=seconds)
        if not case.marks:
            yield f"{head}/>"
            continue
        yield f"{head}>"
        for mark in case.marks:
            opening = _tag(mark.outcome, message=mark.message, type=mark.type)
            yield f"      {opening}>{_escaped(mark.text, _ESCAPED)}</{mark.outcome}>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _counts(cases: Sequence[JunitCase]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    counted = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {"tests": str(len(cases)), **{name: str(outcomes.count(one)) for name, one in counted.items()}}


def _tag(element: str, /, **attributes: str) -> str:
    """Return the beginning of an element; attributes without a value are left out."""
    written = (
        f' {key}="{_escaped(value, _ESCAPED | _BLANKS)}"' for key, value in attributes.items() if value
    )
    return f"<{element}{''.join(written)}"


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text))
