"""Growth plots as SVG: both axes logarithmic, readable on a light and on a dark page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["Plot", "as_svg"]

WIDTH: Final = 640
HEIGHT: Final = 360
LEFT, RIGHT, TOP, BOTTOM = 70, 620, 50, 310
STYLE: Final = """\
  .bg{fill:#fbfbfa} .t{fill:#1d2430} .s{fill:#5b6470;font-size:12px} .grid{stroke:#d9dde2;stroke-width:1}
  .line{stroke:#1b5fa8;stroke-width:2.5;fill:none} .point{fill:#1b5fa8}
  .guide{stroke:#5b6470;stroke-width:1.5;stroke-dasharray:5 4;fill:none}
  @media (prefers-color-scheme: dark){.bg{fill:#14181d}.t{fill:#e8ebee}.s{fill:#a9b3bd}.grid{stroke:#333b44}
    .line{stroke:#7db8f5}.point{fill:#7db8f5}.guide{stroke:#9aa5b1}}
"""


@dataclass(frozen=True, slots=True)
class Plot:
    """One line of growth: what it shows, its axes and its points (size, figure), all above zero."""

    title: str
    sizes: str
    figures: str
    points: Sequence[tuple[float, float]]


def as_svg(plot: Plot) -> str:
    """Return the plot, with a dashed line of linear growth that ends in its last point.

    Raises ValueError if there are fewer than two points, or one that no logarithm shows.
    """
    points = sorted(plot.points)
    if len(points) < 2 or min(min(point) for point in points) <= 0 or points[0][0] == points[-1][0]:
        raise ValueError(f"`{plot.title}` needs two sizes and more, and figures above zero")
    first, last = points[0][0], points[-1][0]
    low = 10.0 ** math.floor(math.log10(min(figure for _, figure in points)))
    high = 10.0 ** math.ceil(math.log10(max(figure for _, figure in points)) + 1e-9)

    def across(size: float) -> float:
        return LEFT + 20 + (RIGHT - LEFT - 50) * math.log(size / first) / math.log(last / first)

    def up(figure: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * math.log(figure / low) / math.log(high / low)

    # Where linear growth falls below the plot, its line begins further right.
    end = points[-1][1]
    begin = max(first, last * low / end)
    described = ", ".join(f"{figure:.3g} {plot.figures} at {size:g}" for size, figure in points)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="14">',
        f'<title id="t">{escape(plot.title)}</title>',
        f'<desc id="d">{escape(described)} ({escape(plot.sizes)}).</desc>',
        f"<style>\n{STYLE}</style>",
        f'<rect class="bg" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        f'<text class="t" x="{LEFT}" y="28" font-weight="600">{escape(plot.title)}</text>',
    ]
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        y = up(10.0**power)
        drawn += [
            f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>',
            f'<text class="s" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>',
        ]
    drawn += [
        f'<text class="s" x="{across(size):.1f}" y="{BOTTOM + 18}" text-anchor="middle">{size:g}</text>'
        for size, _ in points
    ]
    middle = (TOP + BOTTOM) / 2
    path = " L".join(f"{across(size):.1f} {up(figure):.1f}" for size, figure in points)
    drawn += [
        f'<text class="s" x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 38}" text-anchor="middle">'
        f"{escape(plot.sizes)}</text>",
        f'<text class="s" transform="translate(20 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(plot.figures)}</text>",
        f'<path class="guide" d="M{across(begin):.1f} {up(end * begin / last):.1f} '
        f'L{across(last):.1f} {up(end):.1f}"/>',
        f'<path class="line" d="M{path}"/>',
    ]
    for size, figure in points:
        x, y = across(size), up(figure)
        drawn += [
            f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
            f'<text class="t" x="{x:.1f}" y="{y - 11:.1f}" text-anchor="middle" font-size="12">'
            f"{figure:.3g}</text>",
        ]
    drawn += [
        f'<path class="guide" d="M{RIGHT - 130} 24h28"/>',
        f'<text class="s" x="{RIGHT - 96}" y="28">linear growth</text>',
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"
