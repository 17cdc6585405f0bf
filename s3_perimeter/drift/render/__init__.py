"""Reports as text for people and documents for machines; every renderer is pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from s3_perimeter.drift.findings import Report

__all__ = ["FORMATS", "renderer"]

Renderer: TypeAlias = Callable[[Sequence[Report]], str]

FORMATS = ("text", "json", "sarif", "junit", "markdown")


def renderer(name: str) -> Renderer:
    """Return the renderer of a format; each is imported when it is used."""
    match name:
        case "text":
            from s3_perimeter.drift.render.text import text

            return text
        case "json":
            from s3_perimeter.drift.render.json import as_json

            return as_json
        case "sarif":
            from s3_perimeter.drift.render.sarif import sarif

            return sarif
        case "junit":
            from s3_perimeter.drift.render.junit import junit

            return junit
        case "markdown":
            from s3_perimeter.drift.render.markdown import markdown

            return markdown
    raise ValueError(f"no format is called {name}")
