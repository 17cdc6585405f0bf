"""Markdown for comments, job summaries and pages: text that stays text, code, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["cell", "code", "markdown_table"]


def cell(text: str) -> str:
    """Return text within Markdown that stays text: no table cells, tags, links or mentions of its own."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return "<br>".join(
        re.sub(r"[\\`*_\[\]<>|#@&]", lambda sign: f"&#{ord(sign[0])};", line) for line in lines
    )


def code(text: str) -> str:
    """Return text as code within Markdown; what could end the code, or a table's cell, is shown as plain
    text.
    """
    return f"`{text}`" if text == text.strip() != "" and not re.search(r"[`|\x00-\x1f]", text) else cell(text)


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table as lines; its cells are Markdown already (`cell`, `code`)."""
    lines = [headers, ["---"] * len(headers), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
