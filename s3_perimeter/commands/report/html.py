"""HTML out of Python values: whatever is not markup already is escaped on its way in."""

from __future__ import annotations

from html import escape
from typing import TypeAlias

__all__ = ["Child", "Markup", "tag"]

VOID = frozenset({"meta", "br", "hr", "img"})


class Markup(str):
    """Text that is markup, made here or written in this room; never anything that came from outside."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | list[Markup] | None"


def tag(name: str, /, *children: Child, **attributes: str | None) -> Markup:
    """An element; `class_` stands for the attribute `class`, and None leaves an attribute or child out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{''.join(map(text, children))}</{name}>")


def text(child: Child) -> str:
    """A child as markup."""
    if child is None:
        return ""
    if isinstance(child, list):
        return "".join(child)
    return child if isinstance(child, Markup) else escape(child)
