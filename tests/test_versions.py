"""A version is decided in one place; wherever else it must stand, it is the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from local.engine.find import VERSION

ROOT = Path(__file__).resolve().parent.parent
OURS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
ENGINE = ".".join(map(str, VERSION))
FILES = sorted(
    path
    for folder in (".github", "docs", "examples", "policies", "template")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".md", ".yml", ".yaml", ".txt"}
)


def stated(pattern: str, *paths: Path) -> set[str]:
    """Return what the pattern finds in the files, after its name."""
    return {found for path in paths for found in re.findall(pattern, path.read_text())}


@pytest.mark.parametrize(
    ("pattern", "paths", "expected"),
    [
        pytest.param(
            r"^version: (\S+)$",
            [
                *(ROOT / "policies" / name for name in ("PulumiPolicy.yaml", "installed.yaml")),
                ROOT / "examples/published_pack/PulumiPolicy.yaml",
            ],
            OURS,
            id="the policy pack",
        ),
        pytest.param(r"s3-perimeter@v([\d.]+)", FILES, OURS, id="the action in examples"),
        pytest.param(r"tool drift-check ([\d.]+)", FILES, OURS, id="the drift check in the pages"),
        pytest.param(r"pulumi-version: (\S+)", FILES, ENGINE, id="the engine of the workflows"),
        pytest.param(r"s3-perimeter\S*==([\d.]+)", FILES, OURS, id="the package in examples"),
        pytest.param(
            r"pulumi/pkg/v3 v([\d.]+)",
            [ROOT / "local/engine/go.mod", ROOT / "local/sdk_generator/go.mod"],
            ENGINE,
            id="the engine's build",
        ),
        pytest.param(r'"pulumi==([\d.]+)"', [ROOT / "pyproject.toml"], ENGINE, id="the engine's SDK"),
    ],
)
def test_it_is_the_same_everywhere(pattern: str, paths: list[Path], expected: str) -> None:
    """``pyproject.toml`` decides our version, and ``local/engine/find.py`` the engine's."""
    assert stated(f"(?m){pattern}", *paths) == {expected}
