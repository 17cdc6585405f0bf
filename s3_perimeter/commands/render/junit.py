"""JUnit XML: one test case a file; an escape is a failure, what could not be told an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from s3_perimeter.commands.judged import Judged
from s3_perimeter.commands.render.text import judged_text, sentence
from s3_perimeter.proof import Verdict

__all__ = ["judged_junit"]

_COLOUR = re.compile(r"\x1b\[\d*m")


def judged_junit(judged: Sequence[Judged]) -> str:
    """Return the report of one run."""
    failures = sum(each.verdict is Verdict.ESCAPE for each in judged)
    errors = sum(each.verdict is Verdict.UNKNOWN for each in judged)
    counts = f'tests="{len(judged)}" failures="{failures}" errors="{errors}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="perimeter check" {counts}>',
        f'  <testsuite name="perimeter check" {counts}>',
        *(line for each in judged for line in _case(each)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def _case(each: Judged) -> list[str]:
    """Return one file's test case."""
    opening = f'    <testcase classname="perimeter.check" name={_attribute(each.file)}'
    if each.verdict is Verdict.PROVED:
        return [f"{opening}/>"]
    if each.verdict is Verdict.ESCAPE and each.proof:
        kind, message = "failure", sentence(each.proof.escapes[0])
    else:
        kind, message = "error", each.error or "neither proved nor refuted"
    head = f'{kind} type="{each.verdict.value}" message={_attribute(message)}'
    return [
        f"{opening}>",
        f"      <{head}>{_text(_COLOUR.sub('', judged_text(each)))}</{kind}>",
        "    </testcase>",
    ]


def _attribute(text: str) -> str:
    """Return a text as a quoted attribute."""
    return quoteattr(_legal(text), {"\n": "&#10;"})


def _text(text: str) -> str:
    """Return a text as element content."""
    return _legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _legal(text: str) -> str:
    """Replace what no XML document may hold: control characters, surrogates, and two more."""
    return "".join(char if _is_legal(ord(char)) else "\ufffd" for char in text)


def _is_legal(code: int) -> bool:
    """Whether XML 1.0 allows a character (section 2.2)."""
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
