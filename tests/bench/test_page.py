"""docs/performance.md: figures, targets and plots are those of the run."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.__main__ import about, names
from bench.page import LINES, page, plots, write_page
from bench.plots import Plot, as_svg
from bench.results import Benchmark, Results, Run
from bench.rows import Row


def benchmarks(plan: float) -> list[Benchmark]:
    """What one run measures; only the plan differs between runs."""
    growth = [
        Row(f"prove {size}", 0.25 * size**0.5, "ms", line="proof by CIDRs", at=size) for size in (1, 10, 900)
    ]
    proof = Row("prove it", 0.25, "ms", peer="json.loads", peer_value=0.01, most=40)
    return [
        Benchmark("prove", "The proof.", [proof, *growth]),
        Benchmark("cli", "The command.", [Row("plan", plan, "s", peer="preview", peer_value=1.0, most=1.5)]),
    ]


RESULTS = Results(
    {"processor": "Example CPU", "cores": 2, "memory": 8.3, "system": "Linux x86_64", "python": "3.11.7"},
    [
        Run(f"2026-11-25T07:0{number}:00+00:00", 0.4 + number, benchmarks(plan))
        for number, plan in enumerate((2.0, 1.25, 1.75))
    ],
)


def test_every_figure_is_a_line_of_the_page_with_peer_limit_and_spread() -> None:
    """Nothing that was measured is left out, and the machine is named."""
    text = page(RESULTS)
    assert "| prove it | 0.25 ms | json.loads: 0.01 ms | 25x | ≤ 40x | 25x to 25x |" in text
    assert "| plan | 1.75 s | preview: 1 s | 1.75x | ≤ 1.5x **missed** | 1.25x to 2x |" in text
    assert "| prove 1 | 0.25 ms |  |  |  | 0.25 to 0.25 |" in text
    ran_on = "Example CPU, 2 cores, 8.3 GB of memory, Linux x86_64, Python 3.11.7"
    assert f"Measured 2026-11-25 on {ran_on}. Every figure is the median of 3 runs; " in text
    assert "the load average before each was 0.4, 1.4, 2.4." in text


def test_a_missed_limit_is_reported_above_the_tables() -> None:
    """Whoever reads only the beginning knows."""
    assert "- plan: 1.75x, limit ≤ 1.5x" in page(RESULTS).partition("## ")[0]


def test_a_plot_shows_every_point_of_its_line() -> None:
    """One circle a point, further right and higher for the larger one, and the figures as text."""
    drawing = ElementTree.fromstring(plots(RESULTS)["performance-cidrs.svg"])  # noqa: S314  (our own drawing)
    circles = [one.attrib for one in drawing.iter() if one.tag.endswith("circle")]
    assert len(circles) == 3
    assert [float(one["cx"]) for one in circles] == sorted(float(one["cx"]) for one in circles)
    assert [float(one["cy"]) for one in circles] == sorted(
        (float(one["cy"]) for one in circles), reverse=True
    )
    drawn = {one.text for one in drawing.iter() if one.tag.endswith("text")}
    assert {"1", "10", "900", "CIDRs", "ms", "0.25", "7.5"} <= drawn


@pytest.mark.parametrize(
    "points",
    [
        pytest.param([(1, 2.0)], id="one point"),
        pytest.param([(1, 2.0), (10, 0.0)], id="a figure of zero"),
        pytest.param([(5, 2.0), (5, 3.0)], id="one size twice"),
    ],
)
def test_what_no_logarithm_shows_is_refused(points: list[tuple[float, float]]) -> None:
    """Rather than drawn wrongly."""
    with pytest.raises(ValueError, match="two sizes"):
        as_svg(Plot("growth", "CIDRs", "ms", points))


def test_results_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    """The page can be written again from the file alone."""
    RESULTS.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == RESULTS


def test_the_page_links_only_to_pictures_that_are_written(tmp_path: Path) -> None:
    """A line that was not measured has no picture and no link."""
    (tmp_path / "images").mkdir()
    write_page(RESULTS, tmp_path)
    text = (tmp_path / "performance.md").read_text()
    for name, *_ in LINES.values():
        assert (f"(images/{name})" in text) is (tmp_path / "images" / name).exists()


def test_every_benchmark_says_what_it_measures() -> None:
    """That sentence stands above its table."""
    assert all(len(about(name)) > 20 for name in names())
