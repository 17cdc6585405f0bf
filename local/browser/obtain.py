"""Find the browser in the user's cache, or fetch it there once from npm packages, or use the one on PATH.

The package ``@sparticuz/chromium`` holds Chromium's headless shell with the libraries and the font that a
bare machine lacks, compressed by Brotli; Node unpacks that. No script of a package is run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.engine.build import Note
from local.engine.find import cache_directory

LOCK: Final = Path(__file__).with_name("packages.lock")
"""The packages with the SHA-512 of the archives that the registry serves, as sha512sum writes them."""

SHA512: Final = {package: digest for digest, package in map(str.split, LOCK.read_text().splitlines())}
CHROMIUM, AXE = SHA512
ON_PATH: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_SECONDS: Final = 240.0
"""How long npm may take for a package of 70 MB."""

UNPACK: Final = (
    "const fs = require('fs'), [from, to] = process.argv.slice(1);"
    "require('stream').pipeline(fs.createReadStream(from), require('zlib').createBrotliDecompress(),"
    " fs.createWriteStream(to), error => { if (error) throw error })"
)
FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


class BrowserError(Exception):
    """There is no browser here; the message says what is missing and what to install."""


class FetchError(BrowserError):
    """npm is here, and the packages could not be fetched or unpacked."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium with what its environment needs, and the script of axe-core."""

    executable: Path
    axe: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def find_or_get(path: str, note: Note) -> Browser:
    """Return the pinned browser where this machine can run it, else one on ``path``; axe-core is always the
    pinned.

    Raises BrowserError where npm or a browser is missing, and FetchError where npm does not deliver.
    """
    target = cache_directory() / "browser" / "-".join(each.rpartition("@")[2] for each in SHA512)
    pinned = sys.platform == "linux" and platform.machine() == "x86_64"
    if not (target / "complete").exists():
        get(target, path, note, pinned=pinned)
    axe = target / "axe.min.js"
    if pinned:
        variables = {
            "LD_LIBRARY_PATH": str(target / "lib"),
            "FONTCONFIG_FILE": str(target / "fonts.conf"),
        }
        return Browser(target / "chromium", axe, variables)
    found = next((found for name in ON_PATH if (found := shutil.which(name, path=path))), None)
    if found is None:
        raise BrowserError(f"no Chromium is on PATH: install one of {', '.join(ON_PATH)}")
    return Browser(Path(found), axe)


def get(target: Path, path: str, note: Note, *, pinned: bool) -> None:
    """Fetch the packages into ``target``, one process at a time. Raises BrowserError."""
    npm, node = shutil.which("npm", path=path), shutil.which("node", path=path)
    if npm is None or node is None:
        raise BrowserError("npm is not installed, which the test browser comes from: install Node.js")
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (target / "complete").exists():  # the one who held the lock may have fetched it
            return
        work = target.with_name(f"{target.name}.partial")
        for directory in (work, target):
            shutil.rmtree(directory, ignore_errors=True)
        work.mkdir()
        wanted = [CHROMIUM, AXE] if pinned else [AXE]
        note(f"fetching {' and '.join(wanted)} for the tests of pages (once per user)")
        try:
            for package in wanted:
                unpack(download(package, npm, work), package, node, work)
            (work / "fonts.conf").write_text(FONTS.format(fonts=target / "fonts"))
            (work / "complete").touch()
            work.replace(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def download(package: str, npm: str, work: Path) -> Path:
    """Return the package's archive, its hash compared. Raises FetchError."""
    options = ["--ignore-scripts", "--loglevel=error", "--pack-destination", str(work)]
    run([npm, "pack", *options, package], f"npm does not deliver {package}", work)
    archive = next(work.glob("*.tgz"), None)
    if archive is None:
        raise FetchError(f"npm does not deliver {package}: it wrote no archive")
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != SHA512[package]:
        raise FetchError(f"npm delivers another {package} than the one pinned: its SHA-512 is {found}")
    return archive


def unpack(archive: Path, package: str, node: str, work: Path) -> None:
    """Take what is needed out of an archive, and remove it. Raises FetchError."""
    with tarfile.open(archive) as content:
        if package == AXE:
            extract(content, "package/axe.min.js", work / "axe.min.js")
        else:
            for name in ("chromium", "al2023.tar", "fonts.tar"):
                extract(content, f"package/bin/{name}.br", work / "packed")
                run(
                    [node, "-e", UNPACK, str(work / "packed"), str(work / name)],
                    f"{name} cannot be unpacked",
                    work,
                )
            (work / "packed").unlink()
            (work / "chromium").chmod(0o755)
            for name in ("al2023.tar", "fonts.tar"):
                with tarfile.open(work / name) as inner:
                    inner.extractall(work, filter="data")
                (work / name).unlink()
    archive.unlink()


def extract(content: tarfile.TarFile, name: str, to: Path) -> None:
    """Write one file of an archive."""
    source = content.extractfile(name)
    if source is None:
        raise FetchError(f"{name} is not a file of its package")
    with source, to.open("wb") as file:
        shutil.copyfileobj(source, file)


def run(command: list[str], problem: str, directory: Path) -> None:
    """Run a command. Raises FetchError with the last line of what it said where it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env=os.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"{problem}: no end after {PATIENCE_SECONDS:.0f} s") from error
    if done.returncode:
        last = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise FetchError(f"{problem}: {last}")
