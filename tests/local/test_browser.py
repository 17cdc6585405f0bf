"""Where the test browser comes from: npm's packages, compared with their hashes, kept for the user."""

from __future__ import annotations

import hashlib
import platform
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from local.browser import obtain
from local.browser.chromium import Chromium, ChromiumError
from local.browser.obtain import AXE, CHROMIUM, Browser, BrowserError, FetchError, find_or_get

CONTENT = {
    CHROMIUM: {"bin/chromium.br": b"#!/bin/sh\n", "bin/al2023.tar.br": b"", "bin/fonts.tar.br": b""},
    AXE: {"axe.min.js": b"axe = {}"},
}


def archive(files: dict[str, bytes]) -> bytes:
    """A tar archive of these files; an inner one, ending in .tar.br, holds one file of its own name."""
    written = BytesIO()
    with tarfile.open(fileobj=written, mode="w") as content:
        for name, data in files.items():
            inner = archive({f"{Path(name).name}.txt": b"x"}) if name.endswith(".tar.br") else data
            entry = tarfile.TarInfo(name)
            entry.size = len(inner)
            content.addfile(entry, BytesIO(inner))
    return written.getvalue()


def program(folder: Path, name: str, text: str) -> None:
    """A shell script on PATH."""
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for PATH: npm delivers both packages, and node copies instead of unpacking."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    folder = tmp_path / "bin"
    folder.mkdir()
    sums = {}
    for number, (package, files) in enumerate(CONTENT.items()):
        data = archive({f"package/{name}": content for name, content in files.items()})
        sums[package] = hashlib.sha512(data).hexdigest()
        (folder / f"{number}.tgz").write_bytes(data)
    monkeypatch.setattr(obtain, "SHA512", sums)
    deliver = f'case "$6" in {AXE}) n=1;; *) n=0;; esac; cp {folder}/$n.tgz .'
    program(folder, "npm", deliver)
    program(folder, "node", 'cp "$3" "$4"')
    return folder


def fetch(folder: Path) -> Browser:
    """What is found with this PATH."""
    return find_or_get(f"{folder}:/usr/bin:/bin", lambda _: None)


def test_it_is_fetched_once(npm: Path) -> None:
    """With its libraries and fonts; the second time without npm."""
    found = fetch(npm)
    assert found.executable.read_bytes() == b"#!/bin/sh\n"
    assert found.axe.read_text() == "axe = {}"
    assert (found.executable.parent / "fonts.tar.br.txt").exists()
    assert str(found.executable.parent / "fonts") in (found.executable.parent / "fonts.conf").read_text()
    (npm / "npm").unlink()
    assert fetch(npm) == found


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("npm", "echo 'npm error 404 Not Found' >&2; exit 1", "404 Not Found", id="not there"),
        pytest.param("npm", "echo other > other.tgz", "SHA-512", id="another content"),
        pytest.param("npm", "", "no archive", id="nothing"),
        pytest.param("node", "exit 3", "exit code 3", id="not unpacked"),
    ],
)
def test_what_is_not_delivered_is_not_kept(npm: Path, name: str, text: str, said: str) -> None:
    """The error names the package and the reason, and the next try starts anew."""
    before = (npm / name).read_text()
    program(npm, name, text)
    with pytest.raises(FetchError, match=said):
        fetch(npm)
    (npm / name).write_text(before)
    assert fetch(npm).executable.exists()


def test_a_machine_without_npm_shows_what_to_install(npm: Path) -> None:
    """This is no failure of npm: the tests of pages are skipped."""
    (npm / "npm").unlink()
    with pytest.raises(BrowserError, match=r"install Node\.js") as caught:
        find_or_get(str(npm), lambda _: None)
    assert not isinstance(caught.value, FetchError)


def test_another_machine_uses_the_browser_on_path(npm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pinned one is for Linux on x86-64 alone; axe-core runs everywhere."""
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(BrowserError, match="no Chromium is on PATH"):
        find_or_get(str(npm), lambda _: None)
    program(npm, "chromium", "")
    found = fetch(npm)
    assert found.executable == npm / "chromium"
    assert found.axe.exists()


def test_a_browser_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    """With what it said, and at once."""
    program(tmp_path, "chromium", "echo a library is missing >&2; exit 1")
    with (
        pytest.raises(ChromiumError, match="a library is missing"),
        Chromium(Browser(tmp_path / "chromium", tmp_path / "axe.js")),
    ):
        pass
