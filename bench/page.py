"""The text of docs/performance.md: every figure over the runs, and plots of those that grow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.plots import Plot, as_svg
from bench.results import Figure, Results
from bench.rows import Row

__all__ = ["cells", "page", "plots", "write_page"]

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"

# The line that rows name: its picture in docs/images, title, sizes and unit.
LINES: Final = {
    "proof by CIDRs": ("performance-cidrs.svg", "One proof, by the policy's addresses", "CIDRs", "ms"),
    "rules by buckets": ("performance-buckets.svg", "Every rule of the pack, by buckets", "buckets", "ms"),
}

HEAD: Final = """\
# Performance

This page lists every measured figure next to the figure of a peer: another program that does the same work,
or a smaller piece of work. The limits apply to the ratio of the two, which is similar on every machine,
unlike a time. `make bench` measures everything and writes this page. In each run a figure and its peer take
turns, so that other work on the machine slows both. If the median of a ratio misses its limit, `make bench`
exits with code 1.
"""

COLUMNS: Final = """\
| what | measured | peer, in turns | ratio | limit | lowest to highest |
| --- | ---: | --- | ---: | ---: | ---: |"""

UNDER: Final = """\
If the limit is ≤, the ratio is our figure divided by the peer's, and less is better. If it is ≥, the ratio
says how many times better than the peer ours is. The last column shows the lowest and the highest ratio of
the runs, or the figure if it has no peer.
"""


def write_page(results: Results, docs: Path = DOCS) -> None:
    """Write the page and its pictures."""
    for name, drawing in plots(results).items():
        (docs / "images" / name).write_text(drawing)
    (docs / "performance.md").write_text(page(results))


def plots(results: Results) -> dict[str, str]:
    """Return each picture, by its file name; a line with fewer than two points has none."""
    found = {}
    for line, (name, title, sizes, unit) in LINES.items():
        points = [(row.at, row.value) for row in _rows(results) if row.line == line and row.at]
        if len(points) > 1:
            found[name] = as_svg(Plot(title, sizes, unit, points))
    return found


def page(results: Results) -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *_machine(results), *_limits(results), *_growth(results), *_tables(results)])


def _rows(results: Results) -> list[Row]:
    """Return the medians of every figure, in order."""
    return [figure.row for _, figures in results.figures() for figure in figures]


def _machine(results: Results) -> Iterator[str]:
    """Yield what it ran on, when, and how often."""
    machine = results.machine
    cores = f"{machine['cores']} core{'s' * (machine['cores'] != 1)}"
    runs = len(results.runs)
    loads = ", ".join(f"{run.load:.1f}" for run in results.runs)
    yield (
        f"Measured {results.runs[0].measured_at[:10]} on {machine['processor']}, {cores}, "
        f"{machine['memory']} GB of memory, {machine['system']}, Python {machine['python']}. "
        f"Every figure is the median of {runs} run{'s' * (runs != 1)}; the load average before "
        f"{'each' if runs != 1 else 'it'} was {loads}.\n"
    )


def _limits(results: Results) -> Iterator[str]:
    """Yield how many limits are kept, and which are not."""
    held = [row for row in _rows(results) if row.holds is not None]
    missed = [row for row in held if not row.holds]
    if not missed:
        yield f"All {len(held)} limits are met.\n"
        return
    yield f"{len(held) - len(missed)} of {len(held)} limits are met. Missed:\n"
    for row in missed:
        yield f"- {row.question}: {judged_text(row)}, limit {row.limit_text}"
    yield ""


def _growth(results: Results) -> Iterator[str]:
    """Yield the pictures, one for each line of growth."""
    drawn = plots(results)
    if not drawn:
        return
    yield "## Growth\n"
    yield "Both axes are logarithmic. The dashed line shows proportional growth.\n"
    for name, title, _, _ in LINES.values():
        if name in drawn:
            yield f"![{title}](images/{name})\n"


def _tables(results: Results) -> Iterator[str]:
    """Yield a table for each benchmark."""
    yield "## Figures\n"
    yield UNDER
    for benchmark, figures in results.figures():
        yield f"### {benchmark.name}\n"
        yield f"{benchmark.about}\n"
        yield COLUMNS
        for figure in figures:
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells(figure)) + " |"
        yield ""


def cells(figure: Figure) -> list[str]:
    """Return a figure as the cells of a row: what, measured, peer, ratio, limit and spread."""
    row = figure.row
    times = "x" if row.ratio is not None else ""
    return [
        row.question,
        f"{row.value:.4g} {row.unit}".rstrip(),
        f"{row.peer}: {row.peer_value:.4g} {row.unit}".rstrip() if row.peer and row.peer_value else "",
        f"{row.ratio:.3g}x" if row.ratio is not None else "",
        row.limit_text + (" **missed**" if row.holds is False else ""),
        f"{figure.lowest:.3g}{times} to {figure.highest:.3g}{times}",
    ]


def judged_text(row: Row) -> str:
    """Return what a limit applies to: the ratio, or the figure if there is no peer."""
    return f"{row.ratio:.3g}x" if row.ratio is not None else f"{row.value:.4g} {row.unit}".rstrip()
