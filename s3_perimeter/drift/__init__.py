"""The drift-check plugin: declared (stack state) against observed (AWS).

The library behind the command: `check_stack("prod")` gives a `Report`, and so does
`check_stack(state=Path("export.json"))` without any CLI.
Names are imported when they are asked for, so that the command starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from s3_perimeter.drift.baseline import Accepted, Baseline, load_baseline
    from s3_perimeter.drift.check import Options
    from s3_perimeter.drift.clients import Access, AwsClients
    from s3_perimeter.drift.controls import CONTROLS, Control
    from s3_perimeter.drift.findings import Finding, Kind, Report, Severity, Status, exit_code
    from s3_perimeter.drift.fleet import check_stack
    from s3_perimeter.stack.state import State, parse_state

_HOMES = {
    "Accepted": "s3_perimeter.drift.baseline",
    "Baseline": "s3_perimeter.drift.baseline",
    "load_baseline": "s3_perimeter.drift.baseline",
    "Options": "s3_perimeter.drift.check",
    "Access": "s3_perimeter.drift.clients",
    "AwsClients": "s3_perimeter.drift.clients",
    "CONTROLS": "s3_perimeter.drift.controls",
    "Control": "s3_perimeter.drift.controls",
    "Finding": "s3_perimeter.drift.findings",
    "Kind": "s3_perimeter.drift.findings",
    "Report": "s3_perimeter.drift.findings",
    "Severity": "s3_perimeter.drift.findings",
    "Status": "s3_perimeter.drift.findings",
    "check_stack": "s3_perimeter.drift.fleet",
    "exit_code": "s3_perimeter.drift.findings",
    "State": "s3_perimeter.stack.state",
    "parse_state": "s3_perimeter.stack.state",
}

__all__ = [
    "CONTROLS",
    "Accepted",
    "Access",
    "AwsClients",
    "Baseline",
    "Control",
    "Finding",
    "Kind",
    "Options",
    "Report",
    "Severity",
    "State",
    "Status",
    "check_stack",
    "exit_code",
    "load_baseline",
    "parse_state",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
