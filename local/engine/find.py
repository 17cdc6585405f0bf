"""Which Pulumi CLI and which language host this machine uses, and what PATH has to hold for them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

VERSION = (3, 259, 0)
"""What go.mod names and every measurement was made with; the same major version from here on is fine too."""

VERSION_TEXT = "v" + ".".join(map(str, VERSION))
ROOT = Path(__file__).resolve().parent.parent.parent
HOST_DIRECTORY = Path(__file__).resolve().parent / "bin"
"""Holds our ``pulumi-language-python``, for where the official one is missing."""

PLACE = Path(".tools", "engine")
"""Where a checkout keeps its link to the built CLI, with our language host next to it.

The engine takes a language host silently only from next to its own file; one on PATH it warns of, every time.
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A Pulumi CLI, and the directories that PATH needs in front for it (none where it is complete)."""

    executable: Path
    directories: tuple[Path, ...]

    def search_path(self, path: str) -> str:
        """``path`` (as in the variable PATH) with the engine's directories in front."""
        return os.pathsep.join([*map(str, self.directories), path])


def cache_directory() -> Path:
    """Return where every checkout of this user shares what was built: ``$XDG_CACHE_HOME/s3-perimeter``."""
    home = os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home and Path(home).is_absolute() else Path.home() / ".cache"
    return base / "s3-perimeter"


def kept_directory() -> Path:
    """Return the directory of the CLI that was downloaded or built, by version."""
    return cache_directory() / "pulumi" / VERSION_TEXT


def official(kept: Path) -> Path:
    """Return where in the directory ``kept`` the official release is, with its own language hosts in
    ``bin``.
    """
    return kept / "official"


def find(path: str) -> Engine | None:
    """Return the engine that is there already: a suitable one on ``path``, else the kept download or build,
    or None.

    Our own directories on ``path`` (a shell after ``make env``) are passed over, so that asking twice gives
    the same answer.
    """
    foreign = without_ours(path)
    found = shutil.which("pulumi", path=foreign)
    if found and suitable(version(Path(found))):
        executable = Path(found)
        return Engine(executable, () if official_host(executable, foreign) else (HOST_DIRECTORY,))
    downloaded = official(kept_directory()) / "bin" / "pulumi"
    if downloaded.exists():
        return Engine(downloaded, (downloaded.parent,))
    kept = kept_directory() / "pulumi"
    if kept.exists():
        placed = place(kept, ROOT / PLACE)
        return Engine(placed, (placed.parent,))
    return None


def place(kept: Path, directory: Path) -> Path:
    """Put the kept CLI and our language host side by side into ``directory``; gives the CLI's place there.

    A hard link where the file system lets us (no second 115 MB), else a copy; a symbolic link would not do,
    since the engine looks next to the file itself.
    """
    directory.mkdir(parents=True, exist_ok=True)
    placed, host = directory / "pulumi", directory / "pulumi-language-python"
    if not host.exists():
        host.unlink(missing_ok=True)
        host.symlink_to(os.path.relpath(HOST_DIRECTORY / host.name, directory))
    if not placed.exists() or placed.stat().st_mtime_ns != kept.stat().st_mtime_ns:
        fresh = directory / f"pulumi.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        try:
            fresh.hardlink_to(kept)
        except OSError:
            shutil.copy2(kept, fresh)
        fresh.replace(placed)  # so that a second process never finds half a file
        fresh.unlink(missing_ok=True)  # what a rename onto the same file leaves behind
    return placed


def without_ours(path: str) -> str:
    """``path`` without the directories that this project puts in front of it."""
    downloaded = official(kept_directory()) / "bin"
    return os.pathsep.join(
        part
        for part in path.split(os.pathsep)
        if part and Path(part) != downloaded and not Path(part).match(str(Path("*") / PLACE))
    )


def official_host(executable: Path, path: str) -> bool:
    """Whether Pulumi's own Python language host is on ``path`` or, where the CLI looks too, next to it."""
    own_host = executable.resolve().parent / "pulumi-language-python"
    return own_host.exists() or shutil.which("pulumi-language-python", path=path) is not None


def version(executable: Path) -> tuple[int, ...] | None:
    """Return what ``pulumi version`` says, as numbers; None where it says nothing of the kind."""
    try:
        said = subprocess.run(
            [executable, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else None


def suitable(found: tuple[int, ...] | None) -> bool:
    """Whether a CLI of that version runs this project: same major, not older than the pinned one."""
    return found is not None and found[0] == VERSION[0] and found >= VERSION
