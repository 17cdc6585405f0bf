"""A stack as it was deployed is in sync."""

from __future__ import annotations

from typing import Any


def test_an_untouched_stack_is_in_sync(world: Any) -> None:
    report = world.check(strict=True)
    for f in report.findings:
        print(f.control, f.resource, f.kind, f.detail)
    assert report.status == "in-sync", report.findings
