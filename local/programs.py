"""Programs that are built from a pinned Go module, once per user."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from local.console import note
from local.engine.build import Recipe, keep
from local.engine.find import cache_directory


def pinned(sources: Path, module: str) -> str:
    """The version of a module in the go.mod of a folder."""
    return str(re.findall(rf"\s{re.escape(module)} (v\S+)", (sources / "go.mod").read_text())[0])


def kept_directory(recipe: Recipe, version: str) -> Path:
    """Where the build of that version is, or will be."""
    return cache_directory() / recipe.program / version


def find_or_build(recipe: Recipe, version: str, path: str) -> Path:
    """The kept build, else the one on ``path``, else a build. Raises EngineError."""
    kept = kept_directory(recipe, version)
    found = shutil.which(recipe.program, path=path)
    if found and not (kept / recipe.program).exists():
        return Path(found)
    return keep(recipe, kept, path, note)
