"""The documentation as a site: it builds, every link in it leads somewhere, and it asks no other server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import s3_perimeter

ROOT = Path(__file__).resolve().parent.parent


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a checkout, as `make docs-site` does."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_of_the_repository_is_in_it(site: Path) -> None:
    """Those in docs/ and those at the top."""
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    pages = {page.with_name("index.html") if page.name == "README.html" else page for page in pages}
    top = {
        Path(f"{name}.html") for name in ("start", "contributing", "security", "changelog", "reference/api")
    }
    assert [page for page in pages | top if not (site / page).exists()] == []


def test_every_block_of_code_ends_where_it_ends(site: Path) -> None:
    """Also one that is marked `sh on AWS`; otherwise the rest of the page would be code."""
    assert "```" not in re.sub(
        r"<code>```.*?</code>", "", "".join(p.read_text() for p in site.rglob("*.html"))
    )


def test_the_reference_has_every_public_name(site: Path) -> None:
    """From the docstrings of what `s3_perimeter` exports."""
    text = (site / "reference" / "api.html").read_text()
    assert [name for name in s3_perimeter.__all__ if f'id="s3_perimeter.{name}"' not in text] == []


def test_search_finds_the_reference_too(site: Path) -> None:
    """The index is part of the site."""
    assert "s3_perimeter.prove" in (site / "search" / "search_index.json").read_text()


def test_it_asks_no_other_server(site: Path) -> None:
    """No fonts, scripts, styles or pictures from elsewhere."""
    asked = re.compile(
        r'(?:<(?:script|img|iframe)[^>]* src|<link rel="(?:stylesheet|preconnect)" href)="?https?://'
    )
    assert [page.name for page in site.rglob("*.html") if asked.search(page.read_text())] == []


WRONG = """# A page

[a page](nowhere.md), [a part](other.md#not-there) and [a part that is there](other.md#there)
"""


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    """With the link in the message: a page that is not there, and a heading. In a site of a few pages."""
    pages = {
        "docs/README.md": "# Docs\n\n## Look something up\n\n- [a page](a.md)\n- [another](other.md)\n",
        "docs/a.md": WRONG,
        "docs/other.md": "# Another\n\n## There\n",
        "s3_perimeter/__init__.py": '"""A package."""\n',
        **{path.name: "# Top\n" for path in ROOT.glob("*.md")},
        **{name: (ROOT / name).read_text() for name in ("mkdocs.yml", "local/site.py")},
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Aborted with 2 warnings" in said
    assert "'nowhere.md'" in said
    assert "'other.md#not-there'" in said
