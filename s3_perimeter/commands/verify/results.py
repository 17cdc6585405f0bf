"""What each check of `perimeter verify` found, and what all of them together mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Result", "Status", "exit_code"]

Status: TypeAlias = Literal["passed", "failed", "unknown", "skipped"]


@dataclass(frozen=True, slots=True)
class Result:
    """One check: what was tried, what has to come of it, and in `detail` what did.

    `unknown` could not be determined, `skipped` was not asked for or is not there to try.
    """

    name: str
    tried: str
    expected: str
    status: Status
    detail: str
    seconds: float = 0.0


def exit_code(results: Sequence[Result]) -> int:
    """1 where a check failed, else 2 where one could not be determined, else 0."""
    found = {result.status for result in results}
    return 1 if "failed" in found else 2 if "unknown" in found else 0
