"""The drift-check plugin: declared (stack state) against observed (AWS).

The library behind the command: `drift.check.check(parse_state(text), AwsClients(Access()), pool)` gives a
`Report`. Names are imported when they are asked for, so that the command starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drift.baseline import Accepted, Baseline, load_baseline
    from drift.check import Options
    from drift.clients import Access, AwsClients
    from drift.controls import CONTROLS, Control
    from drift.findings import Finding, Kind, Report, Severity, Status, exit_code
    from drift.state import State, parse_state

_HOMES = {
    "Accepted": "baseline",
    "Baseline": "baseline",
    "load_baseline": "baseline",
    "Options": "check",
    "Access": "clients",
    "AwsClients": "clients",
    "CONTROLS": "controls",
    "Control": "controls",
    "Finding": "findings",
    "Kind": "findings",
    "Report": "findings",
    "Severity": "findings",
    "Status": "findings",
    "exit_code": "findings",
    "State": "state",
    "parse_state": "state",
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
    "exit_code",
    "load_baseline",
    "parse_state",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"drift.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
