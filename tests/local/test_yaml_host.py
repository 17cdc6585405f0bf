"""The YAML language host: where it comes from, and that a shell after ``make env`` finds it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local.environment import search_path
from local.yaml_host import HOST


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the build goes, in an empty cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "s3-perimeter" / "pulumi-language-yaml" / "v1.30.0"


def build(directory: Path) -> Path:
    """A program where the host would be."""
    directory.mkdir(parents=True)
    program = directory / "pulumi-language-yaml"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_a_build_is_found_at_the_end_of_the_path_once(kept: Path) -> None:
    """An installed one before it is preferred; asking twice gives the same answer."""
    assert str(kept) not in search_path("/usr/bin").split(os.pathsep)
    build(kept)
    path = search_path("/usr/bin")
    assert path.split(os.pathsep)[1:] == ["/usr/bin", str(kept)]
    assert search_path(path) == path


def test_one_on_path_serves_until_there_is_a_build_of_ours(tmp_path: Path, kept: Path) -> None:
    """Nothing is built where one is installed."""
    installed = build(tmp_path / "bin")
    assert HOST.find_or_build(str(installed.parent)) == installed
    program = build(kept)
    assert HOST.find_or_build(str(installed.parent)) == program
