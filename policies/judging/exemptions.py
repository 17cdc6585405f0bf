"""Exemptions from a rule: which URNs, why, and until when. After that day the rule applies again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ..declared.values import Value
from .pack_config import PackConfigError
from .rule import Violation

__all__ = ["SCHEMA", "apply", "parse"]

SCHEMA: Final[Mapping[str, object]] = {
    "type": "array",
    "description": ("The resources that the rule ignores, each with a URN pattern, a reason and a last day."),
    "items": {
        "type": "object",
        "properties": {
            "urn": {"type": "string", "minLength": 1, "description": "the URN; `*` and `?` are wildcards"},
            "reason": {"type": "string", "minLength": 8, "description": "why the resource is exempt"},
            "until": {
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "the last day of the exemption, in UTC, as YYYY-MM-DD",
            },
        },
        "required": ["urn", "reason", "until"],
        "additionalProperties": False,
    },
}


class ExemptionError(PackConfigError):
    """An exemption in the pack's config that cannot be read; the message names the entry and what to
    write.
    """


@dataclass(frozen=True, slots=True)
class Exemption:
    """One entry; ``until`` is the last day on which it holds."""

    urn: str
    reason: str
    until: date

    def covers(self, urn: str) -> bool:
        """Whether the URN matches the pattern: `*` and `?` match any character, and only they are special."""
        from s3_perimeter.semantics.patterns import matches  # see policies/engine/catalog.py

        return matches(self.urn, urn, variables=False)


def parse(entries: Value) -> tuple[Exemption, ...]:
    """Return the exemptions of one rule. Raises ExemptionError on the first entry that lacks something."""
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise ExemptionError("`exemptions` is not a list\n\nhint: write a list of {urn, reason, until}")
    return tuple(_parse_one(number, entry) for number, entry in enumerate(entries, 1))


def apply(
    violations: Iterable[Violation], exemptions: tuple[Exemption, ...], today: date
) -> Iterator[Violation]:
    """Yield the violations that no exemption in force covers, with a note if an exemption has expired."""
    for violation in violations:
        covering = [exemption for exemption in exemptions if exemption.covers(violation.urn)]
        if any(exemption.until >= today for exemption in covering):
            continue
        if covering:
            last = max(covering, key=lambda exemption: exemption.until)
            days = (today - last.until).days
            yield replace(
                violation,
                note=f"note: the exemption ({last.reason}) expired on {last.until}, "
                f"{days} {'day' if days == 1 else 'days'} ago",
            )
        else:
            yield violation


def _parse_one(number: int, entry: Value) -> Exemption:
    if not isinstance(entry, Mapping):
        raise ExemptionError(
            f"exemption {number} is not an object\n\nhint: write {{urn, reason, until: YYYY-MM-DD}}"
        )
    values: dict[str, str] = {}
    for key in ("urn", "reason", "until"):
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise ExemptionError(f"exemption {number} has no `{key}`\n\nhint: {_HINTS[key]}")
        values[key] = value
    try:
        until = date.fromisoformat(values["until"] if _DAY.fullmatch(values["until"]) else "")
    except ValueError as error:
        raise ExemptionError(
            f"exemption {number}: `{values['until']}` is not a date\n\nhint: {_HINTS['until']}"
        ) from error
    return Exemption(values["urn"], values["reason"], until)


# Python reads other forms of ISO 8601 as well.
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HINTS: Final = {
    "urn": "name the resource's URN, `*` and `?` are wildcards",
    "reason": "write why the resource is exempt",
    "until": "write the last day of the exemption as YYYY-MM-DD",
}
