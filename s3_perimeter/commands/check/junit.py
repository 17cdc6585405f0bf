"""JUnit XML: one test case a file; an escape is a failure, what could not be determined an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from s3_perimeter.commands.check.judged import Judged
from s3_perimeter.commands.check.text import judged_text
from s3_perimeter.proof import Verdict
from s3_perimeter.reporting.junit import JunitCase, JunitMark, JunitSuite, junit_document
from s3_perimeter.reporting.verdicts import sentence

__all__ = ["judged_junit"]

_COLOR = re.compile(r"\x1b\[\d*m")


def judged_junit(judged: Sequence[Judged]) -> str:
    """Return the report of one run."""
    cases = [JunitCase("perimeter.check", each.file, list(_marks(each))) for each in judged]
    return junit_document([JunitSuite("perimeter check", cases)])


def _marks(each: Judged) -> Iterator[JunitMark]:
    """Yield why a file did not pass."""
    text = _COLOR.sub("", judged_text(each))
    if each.verdict is Verdict.ESCAPE and each.proof:
        yield JunitMark("failure", sentence(each.proof.escapes[0]), each.verdict.value, text)
    elif each.verdict is not Verdict.PROVED:
        yield JunitMark("error", each.error or "neither proved nor refuted", each.verdict.value, text)
