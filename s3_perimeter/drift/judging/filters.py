"""Which objects a rule of a bucket is about, as the state writes it and as the API does."""

from __future__ import annotations

from s3_perimeter.stack.state import Block

__all__ = ["declared_filter", "observed_filter"]


def declared_filter(rule: Block) -> tuple[str | None, dict[str, str]]:
    """Return the prefix and the tags that a rule of the state goes by. Raises ShapeError."""
    where = rule.block("filter")
    several, tag = where.block("and"), where.block("tag")
    tags = {**rule.strings("tags"), **where.strings("tags"), **several.strings("tags")}
    if tag:
        tags[tag.text("key") or ""] = tag.text("value") or ""
    prefix = where.text("prefix") or several.text("prefix") or rule.text("prefix")
    return prefix, dict(sorted(tags.items()))


def observed_filter(rule: Block) -> tuple[str | None, dict[str, str]]:
    """Return the prefix and the tags that a rule of the API goes by."""
    where = rule.block("Filter")
    several = where.block("And")
    listed = [*several.blocks("Tags"), *([where.block("Tag")] if where.get("Tag") else [])]
    tags = {tag.text("Key") or "": tag.text("Value") or "" for tag in listed}
    prefix = where.text("Prefix") or several.text("Prefix") or rule.text("Prefix")
    return prefix, dict(sorted(tags.items()))
