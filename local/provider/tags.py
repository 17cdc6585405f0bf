"""Tags: the program's over the provider's default tags."""

from __future__ import annotations

from local.provider.session import Session
from local.provider.values import Props


def wanted_tags(session: Session, inputs: Props) -> dict[str, str]:
    """Return every tag that a resource has to have."""
    return {**session.default_tags, **(inputs.get("tags") or {})}


def changed_tags(session: Session, old: Props, new: Props) -> tuple[list[str], dict[str, str]]:
    """Return the tags to take away from what has ``old``, and those to set."""
    before, wanted = old.get("tagsAll") or {}, wanted_tags(session, new)
    changed = {key: value for key, value in wanted.items() if before.get(key) != value}
    return sorted(before.keys() - wanted.keys()), changed
