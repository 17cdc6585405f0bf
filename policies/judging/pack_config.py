"""The pack's config: what a rule's part may hold, and the error for what it may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from ..declared.values import Properties, Value


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


def reject_nulls(settings: Properties) -> None:
    """Raise PackConfigError on a null: whether it means nothing or anything, nobody can tell."""
    for place in _nulls(settings, ""):
        raise PackConfigError(f"`{place}` is null\n\nhint: write a value, or leave it out")


def _nulls(value: Value, place: str) -> Iterator[str]:
    if value is None:
        yield place
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _nulls(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _nulls(inner, f"{place}, entry {number}")
