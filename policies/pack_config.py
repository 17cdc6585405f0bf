"""The pack's config: what a rule's part may hold, and the error for what it may not."""

from __future__ import annotations

from difflib import get_close_matches

from policies.values import Properties


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
