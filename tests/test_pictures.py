"""The pictures of README and docs: no text is cut or over other text, whatever fonts a reader has."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.browser.chromium import Chromium
from tests.browser import WIDTHS, layout_faults

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
DRAWN = sorted(path.name for path in IMAGES.glob("*.svg"))
# Open Sans comes with the browser; the others are as wide as system fonts get.
FONTS = ("Open Sans", "DejaVu Sans", "Verdana")


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("name", DRAWN)
def test_no_text_of_a_picture_is_cut(tab: Chromium, tmp_path: Path, name: str, font: str) -> None:
    """Each stays in its box and in the picture, at the end of its animation too."""
    page = tmp_path / "picture.html"
    still = f"*{{animation:none!important}} svg, svg *{{font-family:'{font}',sans-serif!important}}"
    page.write_text(f"<!DOCTYPE html><style>body{{margin:0}}{still}</style>{(IMAGES / name).read_text()}")
    tab.open(page, WIDTHS["desk"])
    assert layout_faults(tab) == []


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_says_what_it_shows(name: str) -> None:
    """To whom cannot see it, by a title; and nothing in it comes from elsewhere."""
    text = (IMAGES / name).read_text()
    assert "<title" in text
    assert 'role="img"' in text
    assert "href" not in text
    assert "<script" not in text


def test_the_screenshot_is_there_for_light_and_for_dark_readers() -> None:
    """A picture of a white page glares in a dark one."""
    text = (IMAGES.parent.parent / "README.md").read_text()
    for theme in ("light", "dark"):
        assert f"docs/images/report-{theme}.png" in text
        assert (IMAGES / f"report-{theme}.png").exists()
