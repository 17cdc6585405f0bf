"""Stack ``local`` on the embedded AWS: making it, deploying it, taking it away, reading its outputs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.console import CommandError, note, run, typed
from local.processes import started_at

NAME = "local"
PULUMI = ("pulumi", "--non-interactive")


@dataclass(frozen=True, slots=True)
class Stack:
    """The stack, with the environment that leads to its embedded AWS. ``state`` holds its log."""

    root: Path
    state: Path
    environment: Mapping[str, str]

    @property
    def log(self) -> Path:
        """Where everything that the engine said is kept."""
        return self.state / "pulumi.log"

    def select(self) -> None:
        """Select the stack, making it at first. Raises CommandError."""
        self.unlock()
        self.quietly("stack", "select", NAME, "--create")

    def deploy(self) -> None:
        """Bring the stack up with the policy pack on. Raises CommandError."""
        self.loudly("up", "--yes", "--suppress-progress", "--stack", NAME, "--policy-pack", "policies")

    def destroy(self) -> None:
        """Delete everything in the stack. Raises CommandError."""
        self.unlock()
        self.loudly("destroy", "--yes", "--suppress-progress", "--stack", NAME)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secrets in the clear. Raises CommandError."""
        found: dict[str, Any] = json.loads(
            self.quietly("stack", "output", "--stack", NAME, "--json", "--show-secrets")
        )
        return found

    def exists(self) -> bool:
        """Whether the stack was ever made."""
        return any((self.state / "stacks").glob(f".pulumi/stacks/*/{NAME}.json"))

    def unlock(self) -> None:
        """Take away what a Pulumi that was killed left: its lock (not one whose process lives), half a file.

        The backend keeps attributes next to each file, and no longer reads the state where they were cut off.
        """
        backend = self.state / "stacks" / ".pulumi"
        for attributes in backend.rglob("*.attrs"):
            try:
                json.loads(attributes.read_text())
            except ValueError:
                attributes.unlink()
        for lock in backend.glob(f"locks/*/*/{NAME}/*.json"):
            holder = json.loads(lock.read_text())
            if holder.get("hostname") == os.uname().nodename and started_at(int(holder["pid"])) is None:
                note(f"a Pulumi that was killed (process {holder['pid']}) left its lock: removing it")
                lock.unlink()

    def loudly(self, *arguments: str) -> None:
        """Run Pulumi with its output shown and logged."""
        note(f"$ {typed(['pulumi', *arguments])}")
        code = run([*PULUMI, *arguments], self.environment, self.root, self.log)
        if code:
            raise CommandError(
                f"`{typed(['pulumi', *arguments])}` failed with exit code {code}\n\n"
                f"hint: the lines above say why; the log is {self.log}"
            )

    def quietly(self, *arguments: str) -> str:
        """Run Pulumi and give what it said."""
        done = subprocess.run(
            [*PULUMI, *arguments],
            cwd=self.root,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(
                f"`{typed(['pulumi', *arguments])}` failed with exit code {done.returncode}:\n{done.stderr}\n"
                f"hint: what the engine said earlier is in {self.log}"
            )
        return done.stdout
