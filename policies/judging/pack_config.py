"""The pack's config: what a rule's part may hold, and the error for what it may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from ..declared.values import Properties, Value

__all__ = ["PackConfigError", "reject_blanks", "reject_unknown_keys"]


class PackConfigError(ValueError):
    """A mistake in the pack's config; the message names the place and what to write instead."""


def reject_unknown_keys(settings: Properties, known: set[str]) -> None:
    """Raise PackConfigError on a setting that the rule does not have: the engine lets it through in
    silence.
    """
    for key in sorted(set(settings) - known):
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"the settings are {', '.join(sorted(known))}"
        raise PackConfigError(f"there is no setting `{key}`\n\nhint: {hint}")


def reject_blanks(settings: Properties) -> None:
    """Raise PackConfigError on a null or an empty text, which may mean nothing as well as anything."""
    for place, value in _blanks(settings, ""):
        setting, comma, within = place.partition(", ")
        what = f"`{place}` is null" if value is None else f"`{setting}`{comma}{within} is empty"
        raise PackConfigError(f"{what}\n\nhint: write a value, or leave it out")


def _blanks(value: Value, place: str) -> Iterator[tuple[str, Value]]:
    if value is None or value == "":
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            within = f"{place}.{key}" if place else str(key)
            yield from _blanks(inner if key != "" else "", within)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _blanks(inner, f"{place}, entry {number}")
