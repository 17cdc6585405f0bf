"""The results of `perimeter verify` as a table, JSON and JUnit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from s3_perimeter.commands.verify.results import Result, Status
from s3_perimeter.reporting.output import Style, as_json, count, paint
from s3_perimeter.stack.deployed import Role, User

__all__ = ["as_junit", "as_table", "results_json"]

MARKS: dict[Status, str] = {"passed": "ok", "failed": "FAILED", "unknown": "unknown", "skipped": "skipped"}
STYLES: dict[Status, Style] = {"passed": "good", "failed": "bad", "unknown": "warn", "skipped": "dim"}
FORBIDDEN_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_table(results: Sequence[Result], stack: str, bucket: str) -> str:
    """A line for each check, and one that sums up."""
    width = max((len(result.says) for result in results), default=0)
    lines = [
        paint(MARKS[one.status].ljust(8), STYLES[one.status])
        + f"{one.says.ljust(width)}  {one.detail}".rstrip()
        for one in results
    ]
    failed = sum(one.status == "failed" for one in results)
    unknown = sum(one.status == "unknown" for one in results)
    if failed:
        lines.append(f"\n{bucket} (stack {stack}): {count(failed, 'check')} of {len(results)} failed")
    elif unknown:
        lines.append(
            f"\n{bucket} (stack {stack}): {count(unknown, 'check')} of {len(results)} could not be told"
        )
    else:
        lines.append(f"\n{bucket} (stack {stack}): the fence holds, and its people can work")
    return "\n".join(lines)


def results_json(results: Sequence[Result], stack: str, bucket: str, person: User | Role) -> str:
    """The results as scripts read them."""
    return as_json(
        {
            "stack": stack,
            "bucket": bucket,
            "user": None if isinstance(person, Role) else person.name,
            "role": person.name if isinstance(person, Role) else None,
            "checks": [
                {
                    "name": one.name,
                    "says": one.says,
                    "status": one.status,
                    "detail": one.detail,
                    "seconds": round(one.seconds, 3),
                }
                for one in results
            ],
        }
    )


def as_junit(results: Sequence[Result], stack: str) -> str:
    """The results as a JUnit document, one test case a check."""
    suite = Element(
        "testsuite",
        name=f"perimeter verify {stack}",
        tests=str(len(results)),
        failures=str(sum(one.status == "failed" for one in results)),
        errors=str(sum(one.status == "unknown" for one in results)),
        skipped=str(sum(one.status == "skipped" for one in results)),
    )
    kinds = {"failed": "failure", "unknown": "error", "skipped": "skipped"}
    for one in results:
        case = SubElement(
            suite, "testcase", classname=f"verify.{stack}", name=one.says, time=f"{one.seconds:.3f}"
        )
        if one.status in kinds:
            SubElement(case, kinds[one.status], message=FORBIDDEN_IN_XML.sub("?", one.detail))
    indent(suite)
    return tostring(suite, encoding="unicode", xml_declaration=False)
