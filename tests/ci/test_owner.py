"""Who owns this repository's home is written into every file that names it by one command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local.owner import ROOT, main, placeholders


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the files of this one that say OWNER."""
    for file in placeholders(ROOT):
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    (tmp_path / "notes.md").write_text("The OWNER of a bucket.\n")
    for command in ("init -q", "add -A"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    return tmp_path


def test_one_command_writes_it_everywhere(checkout: Path) -> None:
    """Into addresses and code owners; what only looks like it stays, and the check is then content."""
    files = placeholders(checkout)
    assert main(["acme/storage"], checkout) == 0
    assert not placeholders(checkout)
    assert main(["--check"], checkout) == 0
    for name in (".github/CODEOWNERS", "docs/how-to/use-in-your-project.md"):
        if checkout / name in files:
            assert ("@acme/storage" if "CODEOWNERS" in name else "github.com/acme/s3-perimeter/") in (
                checkout / name
            ).read_text()
    assert (checkout / "notes.md").read_text() == "The OWNER of a bucket.\n"


def test_the_check_names_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And what to run."""
    (tmp_path / "page.md").write_text("- uses: OWNER/s3-perimeter@v1\n")
    for command in ("init -q", "add -A"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    assert main(["--check"], tmp_path) == 1
    said = capsys.readouterr().err
    assert "page.md: OWNER stands 1 times" in said
    assert "make owner NAME=" in said


@pytest.mark.parametrize("name", [[], [""], ["a b"], ["-x"], ["a", "b"], ["https://github.com/acme"]])
def test_what_is_no_owner_is_refused(checkout: Path, name: list[str]) -> None:
    """Before anything is written."""
    before = placeholders(checkout)
    assert main(name, checkout) == 2
    assert placeholders(checkout) == before


def test_a_release_is_not_built_while_it_is_missing() -> None:
    """The workflow checks before it builds."""
    workflow = (ROOT / ".github/workflows/release.yml").read_text()
    assert 0 < workflow.index("local.owner --check") < workflow.index("make dist")
