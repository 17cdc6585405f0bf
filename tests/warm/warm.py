"""Commands whose Python has imported everything before they start: most of a preview's time is imports.

The Pulumi engine, the commands and what they do are the real ones, each in a process of its own. Only their
imports were done once: ``process.py`` forks itself for each command, and ``ask.py`` is on PATH in its place.
What is started with another Python, or another environment for Python, is started as always.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from local.engine.find import HOST_DIRECTORY, place
from local.processes import leashed, stop
from local.stand import Stand
from tests.warm.process import HOST, PYTHON, for_python

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
COMMANDS = ("perimeter", "pulumi-tool-drift-check", "pytest")


def kept() -> dict[str, str]:
    """What an environment of a few variables has to have so that no Python is started for its command."""
    found = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return found | {os.fsdecode(k): os.fsdecode(v) for k, v in for_python(os.environb).items()}


class Warm:
    """The warm process, and the folder of commands that are run by it; it ends with the block.

    ``added`` goes on top of the environment in which the commands of its kind are started.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    started = False

    def __init__(self, commands: Sequence[str] = COMMANDS, modules: Sequence[str] = (), **added: str) -> None:
        self.commands = commands
        self.modules = modules
        self.added = added

    def __enter__(self) -> Warm:
        # A short path: a socket's may have no more than a hundred characters.
        self.folder = Path(tempfile.mkdtemp(prefix="warm-"))
        for name in ("bin", "pack", "real"):
            (self.folder / name).mkdir()
        script = self.folder / "ask"
        script.write_text(f"#!{sys.executable} -IS\n{(HERE / 'ask.py').read_text()}")
        script.chmod(0o755)
        for name in self.commands:
            self.stand_in(name, BIN / name)
        self.stand_in(PYTHON, Path(sys.executable), "pack")
        # Whoever connects while it still imports is answered afterwards; once it is gone, nobody can connect.
        with socket.socket(socket.AF_UNIX) as listening, (self.folder / "log").open("wb") as log:
            listening.bind(str(self.folder / "socket"))
            listening.listen(64)
            self.process = subprocess.Popen(
                leashed([sys.executable, HERE / "process.py", self.folder, *self.modules]),
                stdin=listening.fileno(),
                stdout=log,
                stderr=log,
                env={**os.environ, **self.added},
                process_group=0,
            )
        self.started = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.started = False
        stop(self.process)
        shutil.rmtree(self.folder)

    def stand_in(self, name: str, real: Path, folder: str | Path = "bin") -> None:
        """Have the warm process run a command that is called by its name in a folder."""
        place = self.folder / folder / name
        place.unlink(missing_ok=True)
        place.symlink_to(self.folder / "ask")
        (self.folder / "real" / name).symlink_to(real)

    def command(self, name: str) -> Path:
        """The file that stands in for a command."""
        return self.folder / "bin" / name

    def environment(self, stand: Stand) -> dict[str, str]:
        """The stand's, with these commands in front, and the engine where its language host is ours.

        The stand's alone outside the block: what a benchmark starts is started as users do.
        """
        found = stand.process_environment()
        if not self.started:
            return found
        own, engine = self.folder / "bin", shutil.which("pulumi", path=found["PATH"])
        if engine and not (own / "pulumi").exists():
            beside = Path(engine).resolve().parent / HOST
            host = beside if beside.exists() else Path(shutil.which(HOST, path=found["PATH"]) or beside)
            if host.resolve() == HOST_DIRECTORY / HOST:
                self.stand_in(HOST, host.resolve())
                place(Path(engine), own)
        first = [str(own), *([str(AWS.folder / "bin")] if AWS.started else [])]
        return {**found, "PATH": os.pathsep.join([*first, found["PATH"]])}


WARM = Warm()
"""The one of this process; the fixture `warm` starts it."""
AWS = Warm(["aws"], ["awscli.clidriver", "awscli.handlers"])
"""One for the AWS CLI, which brings a botocore of its own along; the fixture `stand` starts it."""
