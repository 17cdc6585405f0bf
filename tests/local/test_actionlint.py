"""The reader of the workflows: where it comes from, and that it and shellcheck read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.actionlint import ACTIONLINT
from local.engine import build
from local.engine.build import EngineError

WORKFLOW = """
on: push
jobs:
  job:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          test $UNQUOTED = x
      - run: echo ${{ steps.nowhere.outputs.it }}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "s3-perimeter" / "actionlint" / "v1.7.12"


def program(file: Path, text: str = "") -> Path:
    """A shell script in that place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_one_on_path_serves_until_there_is_a_build_of_ours(tmp_path: Path, cache: Path) -> None:
    """The pinned one is preferred, but nothing is built where one is installed."""
    installed = program(tmp_path / "bin" / "actionlint")
    assert ACTIONLINT.find_or_build(str(installed.parent)) == installed
    kept = program(cache / "actionlint")
    assert ACTIONLINT.find_or_build(str(installed.parent)) == kept


def test_it_is_built_where_there_is_none(tmp_path: Path, cache: Path) -> None:
    """From the module that go.mod pins, with the sums next to it."""
    said = 'case "$1" in env) echo go1.26.0;; *) cp go.mod go.sum "$GOBIN/.."; mkdir "$GOBIN"; '
    program(tmp_path / "go", said + 'echo "#!/bin/sh" > "$GOBIN/actionlint";; esac')
    assert ACTIONLINT.find_or_build(f"{tmp_path}:/usr/bin:/bin") == cache / "actionlint"


def test_where_it_cannot_be_built_the_remedies_are_shown(tmp_path: Path, cache: Path) -> None:
    """Its own name, not the engine's."""
    program(tmp_path / "go", 'case "$1" in env) echo go1.26.0;; *) exit 1;; esac')
    with pytest.raises(
        EngineError,
        match=r"(?s)building actionlint v1\.7\.12 failed.*With actionlint on PATH nothing is built",
    ):
        build.keep(ACTIONLINT.recipe, cache, f"{tmp_path}:/usr/bin:/bin", lambda _text: None)


def test_it_reads_expressions_and_shell_steps(tmp_path: Path) -> None:
    """A step that is not there, and a variable that wants quotes; the exit code is actionlint's."""
    file = tmp_path / "workflow.yml"
    file.write_text(WORKFLOW)
    done = subprocess.run(
        [sys.executable, "-m", "local.actionlint", "-no-color", str(file)],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert 'property "nowhere" is not defined' in done.stdout
    if (Path(sys.executable).parent / "shellcheck").exists():
        assert "SC2086" in done.stdout
