"""The report in a browser: at three widths, in the light, in the dark, and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.browser.chromium import Chromium
from tests.browser import PAPER, WIDTHS, accessibility_faults, layout_faults
from tests.s3_perimeter.commands.report_samples import SAMPLES

OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample reports, as files."""
    found = {}
    for name, sample in SAMPLES.items():
        folder = tmp_path_factory.mktemp(name)
        found[name] = folder / "report.html"
        found[name].write_text(sample(folder), encoding="utf-8")
    return found


@pytest.fixture
def looked_at(tab: Chromium) -> Iterator[Chromium]:
    """The tab, shown as a light screen again afterwards."""
    yield tab
    tab.show_as()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_all_of_the_page_can_be_read(
    looked_at: Chromium, pages: dict[str, Path], name: str, width: int, dark: bool
) -> None:
    """Nothing is off the screen, cut, broken or pale, with everything opened; the browser refuses nothing."""
    looked_at.show_as(dark=dark)
    looked_at.open(pages[name], width)
    assert layout_faults(looked_at) == []
    looked_at.evaluate(OPEN_ALL)
    assert layout_faults(looked_at) == []
    assert accessibility_faults(looked_at) == []
    assert looked_at.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SAMPLES)
def test_all_of_the_page_can_be_printed(
    looked_at: Chromium, pages: dict[str, Path], name: str, dark: bool
) -> None:
    """On white paper, also from a dark desktop, and also with everything opened."""
    looked_at.show_as(media="print", dark=dark)
    looked_at.open(pages[name], PAPER)
    assert layout_faults(looked_at) == []
    assert accessibility_faults(looked_at) == []
    assert looked_at.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    looked_at.evaluate(OPEN_ALL)
    assert layout_faults(looked_at) == []


@pytest.mark.parametrize(("name", "most"), [("quiet", 3), ("full", 5)])
def test_the_policy_does_not_fill_the_printed_pages(
    looked_at: Chromium, pages: dict[str, Path], name: str, most: int
) -> None:
    """It is in the appendix, and printed only where it is opened."""
    looked_at.open(pages[name], WIDTHS["desk"])
    assert sheets(looked_at.printed()) <= most
    looked_at.evaluate(OPEN_ALL)
    assert sheets(looked_at.printed()) > sheets_of_closed(looked_at)


def sheets_of_closed(tab: Chromium) -> int:
    """How many sheets the page takes with nothing opened."""
    tab.evaluate("document.querySelectorAll('details').forEach(each => { each.open = false })")
    return sheets(tab.printed())


def sheets(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


FAULTY = {
    "off the page": "<p style='width:2000px'>" + "word " * 300 + "</p>",
    "cut": "<p style='width:40px;overflow:hidden;white-space:nowrap'>a long line of text</p>",
    "out of its box": "<div class='box' style='width:40px;white-space:nowrap'>a long line of text</div>",
    "too small": "<p style='font-size:5px'>small print</p>",
    "broken over lines": "<p style='width:5em;overflow-wrap:anywhere'>2001:db8:1234::/48</p>",
    "a connector that ends in the air": "<div class='connector' style='width:50px;height:2px'></div>",
    "over other text": "<svg height='40'><text y='20'>one</text><text y='20' x='5'>two</text></svg>",
}


@pytest.mark.parametrize("fault", FAULTY)
def test_the_check_of_the_layout_sees(looked_at: Chromium, tmp_path: Path, fault: str) -> None:
    """A check that finds nothing has to be one that would."""
    page = tmp_path / "faulty.html"
    page.write_text(f"<!DOCTYPE html><title>x</title><body>{FAULTY[fault]}")
    looked_at.open(page, WIDTHS["phone"])
    assert [found for found in layout_faults(looked_at) if found.startswith(fault)]


def test_the_check_of_accessibility_sees_pale_text(looked_at: Chromium, tmp_path: Path) -> None:
    """axe-core runs, and looks at contrast."""
    page = tmp_path / "pale.html"
    page.write_text(
        "<!DOCTYPE html><html lang=en><title>x</title><main><h1 style='color:#ccc'>pale</h1></main>"
    )
    looked_at.open(page, WIDTHS["desk"])
    assert [found for found in accessibility_faults(looked_at) if found.startswith("color-contrast")]
