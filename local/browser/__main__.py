"""``python -m local.browser PAGE PICTURE SECTION``: a page's beginning as PNG, light and dark.

It ends with the section of that heading, so that nothing is cut in the middle.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from local.browser.chromium import Chromium
from local.browser.obtain import BrowserError, find_or_get
from local.console import note

WIDTH, SCALE = 900, 1.5


def main(page: str, picture: str, section: str) -> int:
    """Write PICTURE-light.png and PICTURE-dark.png."""
    try:
        browser = find_or_get(os.environ.get("PATH", os.defpath), note)
    except BrowserError as error:
        note(f"error: {error}")
        return 2
    with Chromium(browser) as tab:
        for theme in ("light", "dark"):
            tab.show_as(dark=theme == "dark")
            tab.open(Path(page), WIDTH)
            height = tab.evaluate(
                "[...document.querySelectorAll('h2')]"
                f".find(each => each.textContent === {json.dumps(section)})"
                ".parentElement.getBoundingClientRect().bottom"
            )
            tab.resize(WIDTH, round(height) + 24, SCALE)
            Path(f"{picture}-{theme}.png").write_bytes(tab.picture(whole=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
