"""HTML out of Python values: whatever is not markup already is escaped on its way in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TypeAlias

__all__ = ["Child", "Markup", "block", "cards", "network", "prose", "tag"]

VOID = frozenset({"meta", "br", "hr", "img"})
NETWORK = re.compile(r"(?<![\w./:])((?:\d+(?:\.\d+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)/\d{1,3})(?!\w)")


class Markup(str):
    """Text that is markup, made here or written in this package; never anything that came from outside."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | list[Markup] | None"


def tag(name: str, /, *children: Child, **attributes: str | None) -> Markup:
    """Return an element; `class_` stands for the attribute `class`, and None leaves an attribute or child
    out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{''.join(map(_text, children))}</{name}>")


def _text(child: Child) -> str:
    """Return a child as markup."""
    if child is None:
        return ""
    if isinstance(child, list):
        return "".join(child)
    return child if isinstance(child, Markup) else escape(child)


def prose(words: str) -> Markup:
    """Return a sentence whose `quoted` parts are set as code."""
    parts = re.split(r"`([^`]+)`", words)
    return Markup(
        "".join(tag("code", _whole(part)) if odd % 2 else _whole(part) for odd, part in enumerate(parts))
    )


def block(code: str) -> Markup:
    """Return a command or a document, on lines of its own."""
    return tag("pre", tag("code", _whole(code)))


def _whole(words: str) -> Markup:
    """Return text in which no line ends within a network; the style makes long ones smaller until they
    fit.
    """
    parts = NETWORK.split(words)
    return Markup(
        "".join(
            tag("span", part, class_="net", style=f"--n:{len(part)}") if odd % 2 else escape(part)
            for odd, part in enumerate(parts)
        )
    )


def network(cidr: str) -> Markup:
    """Return a network or an id on a line that is never broken; the style makes long ones smaller to fit."""
    return tag("span", tag("code", cidr, style=f"--n:{len(cidr)}"), class_="line")


def cards(head: Sequence[str], rows: Sequence[Sequence[str | Markup | None]], class_: str = "") -> Markup:
    """Return a table that a phone shows as a card for each row; a cell that is None is empty, and left out
    there.

    The first cell of a row is its heading. Each of the others repeats its column's title for the cards.
    """
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            [
                tag("td", class_="empty")
                if cell is None
                else tag("td", tag("span", title, class_="title", aria_hidden="true"), tag("div", cell))
                for title, cell in zip(head[1:], row[1:], strict=True)
            ],
        )
        for row in rows
    ]
    header = tag("tr", [tag("th", title, scope="col") for title in head])
    return tag("table", tag("thead", header), tag("tbody", body), class_=f"cards {class_}".strip())
