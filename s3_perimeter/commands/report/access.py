"""The access matrix on the page: a row for each person, a column for each origin, and why below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from s3_perimeter.commands.report.facts import Facts
from s3_perimeter.commands.report.html import Markup, cards, prose, tag
from s3_perimeter.commands.report.matrix import WHAT, Answer, Cell, Row, Tone, merged

__all__ = ["access_matrix"]

SIGNS: Final[dict[Answer, str]] = {
    "allowed": "✓",
    "by IAM": "○",
    "no permission": "\u2013",
    "denied": "✕",
    "not decided": "?",
}
MEANING: Final[dict[Answer, str]] = {
    "allowed": "allowed",
    "by IAM": "not denied; the principal's own IAM policies decide",
    "no permission": "not denied, and nothing allows it",
    "denied": "denied by the bucket policy",
    "not decided": "AWS does not document whether the bucket policy denies it",
}
TONES: Final[dict[Tone, str]] = {
    "good": "access from inside",
    "exempt": "access that the config declares as an exemption",
    "quiet": "no access, as intended",
    "bad": "differs from what the config asks for",
}


def access_matrix(facts: Facts) -> list[Markup]:
    """Return the table with its legend, and what decides each cell behind a click."""
    columns = merged(facts.where, facts.rows)
    rows = [[_person(row), *(_answers(row.cells[number]) for _, number in columns)] for row in facts.rows]
    return [
        cards(["who", *(title for title, _ in columns)], rows, class_="matrix"),
        _legend(facts.rows),
        tag("details", tag("summary", "What decides each cell"), _reasons(facts.rows, columns)),
    ]


def _person(row: Row) -> Markup:
    """Return the name, and below it what it stands for."""
    return Markup(tag("strong", row.who.name) + tag("span", row.who.note, class_="note"))


def _answers(cells: Sequence[Cell] | None) -> Markup | None:
    """Return one place's answers: each sign once, with what it is about."""
    if cells is None:
        return None
    alike: dict[tuple[Answer, Tone], list[str]] = {}
    for cell in cells:
        alike.setdefault((cell.answer, cell.tone), []).append(cell.what)
    return Markup(
        "".join(
            tag(
                "span",
                tag("b", SIGNS[answer], title=MEANING[answer]),
                f" {'all' if len(what) == len(WHAT) else ', '.join(what)}",
                class_=f"answer {tone}",
            )
            for (answer, tone), what in alike.items()
        )
    )


def _legend(rows: Sequence[Row]) -> Markup:
    """Return what the signs and colors in use mean."""
    cells = [cell for row in rows for place in row.cells for cell in place or ()]
    signs = [tag("li", tag("b", SIGNS[one]), f" {MEANING[one]}") for one in SIGNS if _has(cells, one)]
    tones = [
        tag("li", tag("span", "●", class_=one), f" {TONES[one]}")
        for one in TONES
        if any(cell.tone == one for cell in cells)
    ]
    everything = ", ".join(name for name, *_ in WHAT)
    return tag("ul", signs, tones, tag("li", tag("b", "all"), f" {everything}"), class_="legend")


def _has(cells: Sequence[Cell], answer: Answer) -> bool:
    """Whether any cell has this answer."""
    return any(cell.answer == answer for cell in cells)


def _reasons(rows: Sequence[Row], columns: Sequence[tuple[str, int]]) -> Markup:
    """Return a line for each person and cause."""
    lines: list[list[str | Markup]] = [
        [row.who.name, ", ".join(what), "; ".join(titles), prose(why)]
        for row in rows
        for (why, what), titles in _causes(row, columns)
    ]
    return cards(["who", "what", "from", "decided by"], lines)


def _causes(
    row: Row, columns: Sequence[tuple[str, int]]
) -> Iterator[tuple[tuple[str, tuple[str, ...]], list[str]]]:
    """Yield what decides, about what, and from which places."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for title, number in columns:
        ordered = sorted(row.cells[number] or (), key=lambda cell: cell.why)
        for why, cells in groupby(ordered, lambda cell: cell.why):
            found.setdefault((why, tuple(cell.what for cell in cells)), []).append(title)
    yield from found.items()
