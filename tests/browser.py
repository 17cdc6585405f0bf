"""Look at a page as a person would, in headless Chromium: is all of it there, and can it be read?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from local.browser.chromium import Chromium

LAYOUT: Final = Path(__file__).with_name("layout.js").read_text()
WIDTHS: Final = {"desk": 1280, "tablet": 768, "phone": 360}
PAPER: Final = 673
"""A4 without this project's margins of 16 mm, in CSS pixels (96 to the inch)."""


def layout_faults(
    tab: Chromium, *, boxes: str = "td, th, dd, pre, .box, .banner", connectors: str = ".box, .policy"
) -> list[str]:
    """What is off the page, cut, too small or broken in the page that is open."""
    found: list[str] = tab.evaluate(f"({LAYOUT})({json.dumps({'boxes': boxes, 'connectors': connectors})})")
    return found


def accessibility_faults(tab: Chromium) -> list[str]:
    """What axe-core objects to (contrast, names, structure), each with the first element that has it."""
    if not tab.evaluate("typeof axe === 'object'"):
        tab.evaluate(f"{tab.browser.axe.read_text()}; null")
    found: list[str] = tab.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.map("
        "each => `${each.id}: ${each.nodes[0].html.slice(0, 120)}: ${each.nodes[0].failureSummary}`))"
    )
    return found


def in_ci() -> bool:
    """Whether this is continuous integration, where a browser that cannot be fetched is an error."""
    return os.environ.get("CI") == "true"
