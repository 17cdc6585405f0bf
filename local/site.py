"""Hooks of mkdocs.yml: what the site has in addition to the files in docs/.

The pages at the top of the repository and the API reference are generated into it, and links between them and
docs/ are turned. The order of the pages is the one of docs/README.md, which readers on GitHub see too.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
TOP = {
    "README.md": ("start.md", "Overview"),
    "README.ja.md": ("start.ja.md", "日本語"),
    "CONTRIBUTING.md": ("contributing.md", "Contributing"),
    "SECURITY.md": ("security.md", "Security"),
    "CHANGELOG.md": ("changelog.md", "Changes"),
}
"""Each page at the top: where it is in the site, and its name there."""

API = "reference/api.md"
API_PAGE = """# API reference

Import everything on this page from `s3_perimeter`. Only these names are stable.

::: s3_perimeter
"""

LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)#\s]+)")
FENCE = re.compile(r"^( *```\w+) .*$", re.MULTILINE)
"""The first line of a code block with more than a language, as in `sh on AWS`, which the site cannot read."""

HEADING_OR_LINK = re.compile(r"^## (?P<section>.+)|\[(?P<title>[^\]]+)\]\((?P<page>[^)#\s]+)", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take the order of the pages from docs/README.md: a section a heading, a page a link."""
    sections: dict[str, list[dict[str, str]]] = {}
    name = ""
    for found in HEADING_OR_LINK.finditer((ROOT / "docs" / "README.md").read_text()):
        if found["section"]:
            name = found["section"]
        elif name and not found["page"].startswith("../"):
            sections.setdefault(name, []).append({plain(found["title"]): found["page"]})
    sections["Look something up"].append({"API reference": API})
    top = [{title: page} for page, title in TOP.values()]
    config.nav = [{"Documentation": "README.md"}, top[0], *({k: v} for k, v in sections.items()), *top[1:]]
    return config


def plain(title: str) -> str:
    """Return a link's text without the marks of Markdown, beginning with a capital letter."""
    text = re.sub(r"[*`]", "", title)
    return text[:1].upper() + text[1:]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    for name, (page, _) in TOP.items():
        files.append(File.generated(config, page, content=(ROOT / name).read_text()))
    files.append(File.generated(config, API, content=API_PAGE))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Turn links from places in the repository into places in the site, and name languages alone."""
    here = page.file.src_uri
    origin = next((name for name, (there, _) in TOP.items() if there == here), f"docs/{here}")

    def turned(found: re.Match[str]) -> str:
        target = normpath(f"{origin}/../{found[1]}")
        return relpath(in_site(target), f"{here}/..")

    return LINK.sub(turned, FENCE.sub(r"\1", markdown))


def in_site(target: str) -> str:
    """Return where a file of the repository is in the site; a folder of docs/ is the list of all pages."""
    if target in TOP:
        return TOP[target][0]
    inside = target.removeprefix("docs/")
    return inside if "." in inside else "README.md"
