"""A copy of this checkout with its own state, to run its commands in as a person types them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import cache_from_source
from pathlib import Path

from local import record as records
from local.engine.find import HOST_DIRECTORY, PLACE
from tests.conftest import NO_COLLECTION
from tests.warm.process import HOST
from tests.warm.warm import AWS, Warm

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the checkout; its environment makes Python and Pulumi take the code from it."""

    directory: Path
    environment: dict[str, str]
    commands: str = ""
    """A folder that comes first on PATH after ``make env``."""

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command without a terminal and without standard input, in a process group of its own."""
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, expect: int = 0) -> str:
        """Run a command to its end; gives what it said."""
        process = self.start(*command)
        said, _ = process.communicate(timeout=240)
        assert process.returncode == expect, f"{' '.join(command)} exited {process.returncode}:\n{said}"
        return said

    def shell(self, script: str, expect: int = 0) -> str:
        """Run a script in a shell after ``make env``."""
        return self.run("bash", "-c", f"set -eu -o pipefail\n{self.entry}\n{script}", expect=expect)

    @property
    def entry(self) -> str:
        """What makes a shell a person's after ``make env``, and ends it where that fails."""
        first = f"\nPATH={shlex.quote(self.commands)}:$PATH" if self.commands else ""
        return f'exports=$(make -s env)\neval "$exports"{first}'

    @property
    def record(self) -> records.Record:
        """What the stand of this checkout wrote down."""
        return records.read(self.directory / ".state")

    def processes(self) -> list[str]:
        """The command lines of every process that belongs to this checkout."""
        mine = []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                line = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                directory = str((each / "cwd").readlink())
            except OSError:
                continue
            if str(self.directory) in line or directory.startswith(str(self.directory)):
                mine.append(line)
        return mine


def copied(directory: Path) -> Checkout:
    """A checkout in ``directory``: what git tracks or would, with this one's Python environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, directory / name)
            compiled = Path(cache_from_source(str(ROOT / name))) if name.endswith(".py") else None
            if compiled and compiled.exists():
                place = Path(cache_from_source(str(directory / name)))
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(compiled, place)
    for name in ("requirements.lock", "pyproject.toml", "local/bootstrap.py"):
        # Older than the environment, which is this checkout's own: `make` does not make it again for a copy.
        os.utime(directory / name, (946_684_800, 946_684_800))
    (directory / ".venv").symlink_to(ROOT / ".venv")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_", "MAKE"))}
    # As `make` has it, which keeps what Python compiled.
    python = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(directory)}
    return Checkout(directory, {**kept, **NO_COLLECTION, **python, "STAND_IDLE_SECONDS": "600"})


@contextmanager
def warmed(checkout: Checkout) -> Iterator[Checkout]:
    """The checkout with a warm process of its own code in place of language host, pack and commands."""
    python = {name: value for name, value in checkout.environment.items() if name.startswith("PYTHON")}
    with Warm(**python) as warm, Warm(AWS.commands, AWS.modules, **python) as aws:
        host = checkout.directory / PLACE / HOST
        if host.resolve() == checkout.directory / HOST_DIRECTORY.relative_to(ROOT) / HOST:
            warm.stand_in(HOST, host.resolve(), host.parent)
        yield replace(checkout, commands=f"{warm.folder / 'bin'}:{aws.folder / 'bin'}")
