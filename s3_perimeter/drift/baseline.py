"""Accepted differences: each with a reason, and a day from which it is no longer accepted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from s3_perimeter.drift.findings import Finding, Kind
from s3_perimeter.errors import PerimeterError

__all__ = ["Accepted", "Baseline", "BaselineError", "load_baseline"]


class BaselineError(PerimeterError):
    """Mistakes in a baseline file; the message lists all of them."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted difference: `resource` may hold `*`; it is good through the end of the day `expires`."""

    control: str
    resource: str
    reason: str
    expires: date
    stack: str = "*"

    def covers(self, finding: Finding, stack: str) -> bool:
        """Whether this is the finding meant; what could not be read is never accepted."""
        return (
            finding.kind is not Kind.UNKNOWN
            and finding.control == self.control
            and fnmatchcase(finding.resource, self.resource)
            and fnmatchcase(stack, self.stack)
        )


@dataclass(frozen=True, slots=True)
class Baseline:
    """All accepted differences of one file."""

    entries: tuple[Accepted, ...] = ()

    def sift(
        self, findings: Sequence[Finding], today: date, stack: str = ""
    ) -> tuple[tuple[Finding, ...], tuple[tuple[Finding, str], ...], tuple[str, ...]]:
        """Part findings into those left and those accepted (with the reason), and note entries that have
        expired."""
        left: list[Finding] = []
        accepted: list[tuple[Finding, str]] = []
        notes: list[str] = []
        for finding in findings:
            meant = [entry for entry in self.entries if entry.covers(finding, stack)]
            good = next((entry for entry in meant if today <= entry.expires), None)
            if good is not None:
                accepted.append((finding, good.reason))
                continue
            left.append(finding)
            notes += [
                f"the baseline's entry for {entry.control} on {entry.resource} expired on {entry.expires}"
                for entry in meant
            ]
        return tuple(left), tuple(accepted), tuple(notes)


def load_baseline(path: Path, controls: frozenset[str]) -> Baseline:
    """Read a baseline: a JSON (or, by its suffix, YAML) list of {control, resource, reason, expires}.

    Raises BaselineError with every mistake in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BaselineError(f"baseline {path} is not UTF-8 text\n\nhint: {_EXAMPLE}") from error
    except OSError as error:
        raise BaselineError(f"baseline {path}: {error.strerror}") from error
    try:
        document = _yaml(text) if path.suffix in (".yaml", ".yml") else json.loads(text)
    except RecursionError as error:
        raise BaselineError(f"baseline {path} is nested too deep\n\nhint: {_EXAMPLE}") from error
    except ValueError as error:
        raise BaselineError(f"baseline {path}: {error}\n\nhint: {_EXAMPLE}") from error
    if not isinstance(document, list):
        raise BaselineError(f"baseline {path}: not a list\n\nhint: {_EXAMPLE}")
    entries: list[Accepted] = []
    mistakes: list[str] = []
    for number, item in enumerate(document, 1):
        wrong = _mistakes(item, controls)
        mistakes += [f"entry {number}: {mistake}" for mistake in wrong]
        if not wrong:
            entries.append(
                Accepted(
                    item["control"],
                    item["resource"],
                    item["reason"].strip(),
                    _day(item["expires"]),
                    item.get("stack", "*"),
                )
            )
    if mistakes:
        raise BaselineError(
            "\n".join(f"baseline {path}, {mistake}" for mistake in mistakes) + f"\n\nhint: {_EXAMPLE}"
        )
    return Baseline(tuple(entries))


_EXAMPLE = (
    '[{"control": "bucket-tags", "resource": "arn:aws:s3:::NAME", '
    '"reason": "why it is all right", "expires": "2027-01-31"}]'
)


def _mistakes(item: Any, controls: frozenset[str]) -> list[str]:
    if not isinstance(item, dict):
        return ["not an object"]
    found = [f"no `{key}`" for key in ("control", "resource", "reason", "expires") if not item.get(key)]
    found += [
        f"unknown key `{key}`"
        for key in sorted(set(item) - {"control", "resource", "reason", "expires", "stack"}, key=str)
    ]
    found += [
        f"`{key}` is not a string"
        for key in ("control", "resource", "reason", "stack")
        if not isinstance(item.get(key, ""), str)
    ]
    if isinstance(item.get("reason"), str) and item["reason"] and not item["reason"].strip():
        found.append("`reason` is blank")
    if isinstance(item.get("control"), str) and item["control"] and item["control"] not in controls:
        found.append(f"no control is called `{item['control']}`")
    if item.get("expires"):
        try:
            _day(item["expires"])
        except ValueError:
            found.append(f"`expires` is `{item['expires']}`, not a day such as 2027-01-31")
    return found


def _day(value: object) -> date:
    return value if type(value) is date else date.fromisoformat(str(value))


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ValueError(str(error)) from error
