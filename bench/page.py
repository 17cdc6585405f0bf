"""docs/performance.md: every figure of a run, and plots of those that grow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.plots import Plot, as_svg
from bench.results import Results
from bench.rows import Row

__all__ = ["page", "plots", "write_page"]

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"

# The line that rows name: its picture in docs/images, title, sizes and unit.
LINES: Final = {
    "proof by CIDRs": ("performance-cidrs.svg", "One proof, by the policy's addresses", "CIDRs", "ms"),
    "rules by buckets": ("performance-buckets.svg", "Every rule of the pack, by buckets", "buckets", "ms"),
}

HEAD: Final = """\
# Performance

This page lists every measured figure, its target and, if there is one, the figure of another tool (the peer).
`make bench` measures them and writes the page; nothing here is typed by hand. A peer's figure comes from the
same run on the same machine. If a figure misses its target, `make bench` exits with 1.
"""


def write_page(results: Results, docs: Path = DOCS) -> None:
    """Write the page and its pictures."""
    for name, drawing in plots(results).items():
        (docs / "images" / name).write_text(drawing)
    (docs / "performance.md").write_text(page(results))


def plots(results: Results) -> dict[str, str]:
    """Each picture, by its file name; none of a line with fewer than two points."""
    found = {}
    for line, (name, title, sizes, unit) in LINES.items():
        points = [(row.at, row.value) for row in results.rows if row.line == line and row.at]
        if len(points) > 1:
            found[name] = as_svg(Plot(title, sizes, unit, points))
    return found


def page(results: Results) -> str:
    """The page as Markdown."""
    return "\n".join([HEAD, *_machine(results), *_targets(results), *_growth(results), *_tables(results)])


def _machine(results: Results) -> Iterator[str]:
    """What it ran on, and when."""
    machine = results.machine
    cores = f"{machine['cores']} core{'s' * (machine['cores'] != 1)}"
    busy = f", load average {machine['load']} before the run" if "load" in machine else ""
    yield (
        f"Measured {results.measured_at[:10]} on {machine['processor']}, {cores}, {machine['system']}, "
        f"Python {machine['python']}{busy}.\n"
    )


def _targets(results: Results) -> Iterator[str]:
    """How many targets are met, and which are not."""
    held = [row for row in results.rows if row.holds is not None]
    missed = [row for row in held if not row.holds]
    if not missed:
        yield f"All {len(held)} targets are met.\n"
        return
    yield f"{len(held) - len(missed)} of {len(held)} targets are met. Missed:\n"
    for row in missed:
        yield f"- {row.question}: {_figure(row)}, target {row.target_text}"
    yield ""


def _growth(results: Results) -> Iterator[str]:
    """The pictures, one a line of growth."""
    drawn = plots(results)
    if not drawn:
        return
    yield "## Growth\n"
    yield "Both axes are logarithmic; the dashed line is proportional growth.\n"
    for name, title, _, _ in LINES.values():
        if name in drawn:
            yield f"![{title}](images/{name})\n"


def _tables(results: Results) -> Iterator[str]:
    """A table for each benchmark."""
    for benchmark in results.benchmarks:
        yield f"## {benchmark.name}\n"
        yield f"{benchmark.about}\n"
        yield "| what | measured | target | peer, same run | times better |"
        yield "| --- | ---: | ---: | --- | ---: |"
        for row in benchmark.rows:
            target = row.target_text + (" **missed**" if row.holds is False else "")
            times = f"{row.times_better:.1f}" if row.times_better else ""
            cells = (row.question, _figure(row), target, row.peer_text, times)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        yield ""


def _figure(row: Row) -> str:
    """The figure with its unit."""
    return f"{row.value:.4g} {row.unit}".rstrip()
