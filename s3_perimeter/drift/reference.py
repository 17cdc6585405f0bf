"""What the controls say about themselves: `--explain`, `--list`, and docs/reference/controls.md.

``python -m s3_perimeter.drift.reference`` writes the page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from s3_perimeter.drift.controls import CONTROLS, Control, control_of
from s3_perimeter.drift.permissions import calls_of
from s3_perimeter.reporting.output import table

__all__ = ["PAGE", "explain", "listing", "page"]

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "controls.md"
_SCOPES = {
    "account": "The account",
    "bucket": "Each bucket, log buckets included",
    "user": "Each IAM user",
    "group": "Each IAM group",
    "role": "Each IAM role",
    "policy": "Each managed policy",
    "key": "Each KMS key",
    "organization": "Each resource control policy",
}


def listing() -> str:
    """Return every control, one per line."""
    rows = [(each.id, f"{each.title}{' (--strict)' if each.strict else ''}") for each in CONTROLS]
    return table(("control", "what must hold"), rows) + "\n"


def explain(name: str) -> str:
    """Return the explanation of one control. Raises ChoiceError where there is none of the name."""
    control = control_of(name)
    asked = [
        f"{call.service} {call.api}" + (f" ({call.action})" if call.action else "")
        for call in _calls(control)
    ]
    lines = [
        f"{control.id}: {control.title}",
        "",
        *textwrap.wrap(control.impact, 100),
        "",
        f"about:     {_SCOPES[control.scope].lower()}",
        *([f"default:   AWS's, if nothing is declared: {control.default}"] if control.default else []),
        f"severity:  up to {control.severity}" + (", with --strict only" if control.strict else ""),
        "reads:     " + f"\n{'':11}".join(asked),
    ]
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the text of docs/reference/controls.md."""
    lines = [
        "<!-- Written by `python -m s3_perimeter.drift.reference` from the controls. -->",
        "# Controls of the drift check",
        "",
        "Each control is one file in `s3_perimeter/drift/controls/`, and compares one thing that a stack",
        "declares with what AWS answers. *AWS's default* is what a control expects if the stack declares",
        "nothing. A control whose calls fail is *unknown*, never in sync. `drift-check --explain CONTROL`",
        "prints what one control reads.",
    ]
    for scope, title in _SCOPES.items():
        lines += ["", f"## {title}", ""]
        lines += [
            "| control | what must hold | AWS's default | highest severity | IAM actions |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [_row(control) for control in CONTROLS if control.scope == scope]
    lines += ["", "## What a difference lets someone do", "", "| control | impact |", "| --- | --- |"]
    lines += [f"| `{control.id}` | {control.impact} |" for control in CONTROLS]
    lines += [""]
    lines += _operations()
    return "\n".join(lines).rstrip() + "\n"


def _operations() -> Iterator[str]:
    """Yield every read operation of S3, with the controls that call it or why none does."""
    from s3_perimeter.drift.operations import UNASKED, asked, reading, rows

    yield from (
        "## Every read operation of S3",
        "",
        "These tables list the operations of S3 and S3 Control whose names begin with Get, List, Head or "
        "Describe, with the controls that call each one, or the reason why none does. A test compares them "
        "with the installed botocore, so a new operation of S3 is noticed.",
    )
    for service in UNASKED:
        known = {name.lower() for name in UNASKED[service]} | set(asked(service))
        operations = [name for name in reading(service) if name.lower() in known]
        yield from ("", f"### {service}", "", "| operation | control, or why none |", "| --- | --- |")
        yield from rows(operations, service)


def _row(control: Control[Any]) -> str:
    actions = ", ".join(dict.fromkeys(f"`{call.action}`" for call in _calls(control) if call.action))
    name = f"`{control.id}`" + (" (`--strict`)" if control.strict else "")
    default = control.default or "—"
    return f"| {name} | {control.title} | {default} | {control.severity} | {actions or 'none'} |"


def _calls(control: Control[Any]) -> Iterator[Any]:
    return iter(dict.fromkeys(calls_of(control)))


if __name__ == "__main__":
    PAGE.write_text(page())
