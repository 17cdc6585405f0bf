"""Pulumi's language host for YAML programs, which a Pulumi CLI built from its module does not bring along."""

from __future__ import annotations

from pathlib import Path

from local import programs
from local.engine.build import Recipe

HERE = Path(__file__).resolve().parent
VERSION = programs.pinned(HERE, "github.com/pulumi/pulumi-yaml")
RECIPE = Recipe(
    what=f"Pulumi's YAML language host {VERSION}",
    program="pulumi-language-yaml",
    sources=HERE,
    flags=("-ldflags", "-w -s"),
    packages=600,
    takes="about a minute and a half",
    instead="pulumi-language-yaml",
)


def find_or_build(path: str) -> Path:
    """The kept build, else the one on ``path``, else a build. Raises EngineError."""
    return programs.find_or_build(RECIPE, VERSION, path)


def kept_directory() -> Path | None:
    """The folder of the build, for the end of PATH; None where there is none yet."""
    kept = programs.kept_directory(RECIPE, VERSION)
    return kept if (kept / RECIPE.program).exists() else None
