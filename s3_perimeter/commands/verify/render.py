"""The results of `perimeter verify` as a table, JSON and JUnit."""

from __future__ import annotations

from collections.abc import Sequence

from s3_perimeter.commands.verify.results import Result, Status
from s3_perimeter.reporting.junit import JunitCase, JunitMark, JunitSuite, junit_document
from s3_perimeter.reporting.output import Style, as_json, count, paint
from s3_perimeter.reporting.wrapping import padded, width_of
from s3_perimeter.stack.deployed import Role, User

__all__ = ["as_junit", "as_table", "results_json"]

MARKS: dict[Status, str] = {"passed": "ok", "failed": "FAILED", "unknown": "unknown", "skipped": "skipped"}
STYLES: dict[Status, Style] = {"passed": "good", "failed": "bad", "unknown": "warn", "skipped": "dim"}


def as_table(results: Sequence[Result], stack: str, bucket: str) -> str:
    """Return a line for each check, with what was expected and what was seen, and one that sums up."""
    cells = [("tried", "expected"), *((one.tried, one.expected) for one in results)]
    first, second = (max(width_of(row[column]) for row in cells) for column in (0, 1))

    def line(tried: str, expected: str, seen: str) -> str:
        return f"{padded(tried, first)}  {padded(expected, second)}  {seen}".rstrip()

    lines = [paint(" " * 8 + line("tried", "expected", "seen"), "dim")]
    lines += [
        paint(padded(MARKS[one.status], 8), STYLES[one.status]) + line(one.tried, one.expected, one.detail)
        for one in results
    ]
    failed = sum(one.status == "failed" for one in results)
    unknown = sum(one.status == "unknown" for one in results)
    if failed:
        lines.append(f"\n{bucket} (stack {stack}): {count(failed, 'check')} of {len(results)} failed")
    elif unknown:
        lines.append(
            f"\n{bucket} (stack {stack}): {count(unknown, 'check')} of {len(results)} could not be determined"
        )
    else:
        lines.append(
            f"\n{bucket} (stack {stack}): requests from outside are denied, and the users have access"
        )
    return "\n".join(lines)


def results_json(results: Sequence[Result], stack: str, bucket: str, person: User | Role) -> str:
    """Return the results as scripts read them."""
    return as_json(
        {
            "stack": stack,
            "bucket": bucket,
            "user": None if isinstance(person, Role) else person.name,
            "role": person.name if isinstance(person, Role) else None,
            "checks": [
                {
                    "name": one.name,
                    "says": one.tried,
                    "expected": one.expected,
                    "status": one.status,
                    "detail": one.detail,
                    "seconds": round(one.seconds, 3),
                }
                for one in results
            ],
        }
    )


def as_junit(results: Sequence[Result], stack: str) -> str:
    """Return the results as a JUnit document, one test case a check."""
    cases = [
        JunitCase(f"verify.{stack}", f"{one.tried}: {one.expected}", _marks(one), seconds=one.seconds)
        for one in results
    ]
    return junit_document([JunitSuite(f"perimeter verify {stack}", cases)])


def _marks(one: Result) -> list[JunitMark]:
    match one.status:
        case "failed":
            return [JunitMark("failure", one.detail)]
        case "unknown":
            return [JunitMark("error", one.detail)]
        case "skipped":
            return [JunitMark("skipped", one.detail)]
        case "passed":
            return []
