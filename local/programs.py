"""Programs that are built from a pinned Go module, once per user."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.console import note
from local.engine.build import EngineError, Recipe, keep
from local.engine.find import cache_directory


@dataclass(frozen=True, slots=True)
class Program:
    """A program of a version, and how that is built."""

    recipe: Recipe
    version: str

    @property
    def directory(self) -> Path:
        """Where the build is, or will be."""
        return cache_directory() / self.recipe.program / self.version

    @property
    def built(self) -> Path | None:
        """The build; None where there is none yet."""
        program = self.directory / self.recipe.program
        return program if program.exists() else None

    def find_or_build(self, path: str) -> Path:
        """Return the kept build, else the one on ``path``, else a build. Raises EngineError."""
        found = self.built or shutil.which(self.recipe.program, path=path)
        return Path(found) if found else keep(self.recipe, self.directory, path, note)

    def command(self, use: Callable[[Path], int | None]) -> int:
        """Find or build it and use it; gives the exit code, 2 where there is none."""
        try:
            program = self.find_or_build(os.environ.get("PATH", os.defpath))
        except EngineError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        return use(program) or 0


def pinned(file: str, module: str, what: str, name: str, packages: int, takes: str, **how: str) -> Program:
    """Return the program ``name`` of a Go module, in the version that the go.mod next to ``file`` pins.

    ``what``, ``packages``, ``takes`` and ``how`` are those of a `Recipe`.
    """
    sources = Path(file).resolve().parent
    version = str(re.findall(rf"\s{re.escape(module)} (v\S+)", (sources / "go.mod").read_text())[0])
    recipe = Recipe(
        what=f"{what} {version}",
        program=name,
        sources=sources,
        flags=("-ldflags", "-w -s"),
        packages=packages,
        takes=takes,
        instead=name,
        **how,
    )
    return Program(recipe, version)
