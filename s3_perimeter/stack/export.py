"""The Pulumi CLI as the source of a stack's state and config, whatever backend keeps them.

These are the commands that the Automation API runs, less its `--show-secrets` (a check needs no secret, so
none is ever decrypted) and less its import, which takes as long as half of a check. They run as processes of
their own, so that clients are made meanwhile.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s3_perimeter.stack.state import State, StateError, parse_state


class EngineError(Exception):
    """The CLI is missing, or refused; the message has what it said."""


@dataclass(frozen=True, slots=True)
class Running:
    """A command under way; `output` waits for it."""

    process: subprocess.Popen[str]
    words: str
    seconds: float = 120.0

    def output(self) -> str:
        """What it printed. Raises EngineError where it failed or does not end."""
        try:
            out, err = self.process.communicate(timeout=self.seconds)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            self.process.communicate()
            raise EngineError(f"`{self.words}` did not end within {self.seconds:.0f} s") from error
        if self.process.returncode < 0:
            raise EngineError(f"`{self.words}` was stopped by signal {-self.process.returncode}")
        if self.process.returncode:
            said = err.strip() or out.strip() or f"exit code {self.process.returncode}"
            raise EngineError(f"`{self.words}`: {said}")
        return out

    def document(self, kind: type) -> Any:
        """The JSON that it printed, of a kind. Raises EngineError where it printed something else."""
        try:
            document = json.loads(self.output())
        except ValueError as error:
            raise EngineError(
                f"`{self.words}` printed no JSON\n\nhint: is this Pulumi 3.100 or newer?"
            ) from error
        if not isinstance(document, kind):
            raise EngineError(f"`{self.words}` printed other JSON than expected")
        return document


@dataclass(frozen=True, slots=True)
class Engine:
    """The CLI in a project's directory."""

    directory: Path

    def start(self, *arguments: str) -> Running:
        """Start a command. Raises EngineError where there is no CLI."""
        try:
            process = subprocess.Popen(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            if not self.directory.is_dir():
                raise EngineError(f"there is no folder {self.directory}\n\nhint: see --cwd") from error
            raise EngineError(
                "there is no `pulumi` on PATH\n\nhint: check an exported state: "
                "`pulumi stack export --file export.json` where there is one, then `--state export.json` here"
            ) from error
        return Running(process, f"pulumi {' '.join(arguments)}")

    def exporting(self, stack: str) -> Running:
        """Start exporting a stack's state, its secrets closed."""
        return self.start("stack", "export", "--stack", stack)

    def configuring(self, stack: str) -> Running:
        """Start reading a stack's config, its secrets closed."""
        return self.start("config", "--json", "--stack", stack)

    def stacks(self) -> list[str]:
        """The project's stacks, sorted."""
        return sorted(str(item["name"]) for item in self._list())

    def selected(self) -> str:
        """The stack that is selected in the project. Raises EngineError where none is."""
        name = next((str(item["name"]) for item in self._list() if item.get("current")), None)
        if name is None:
            raise EngineError("no stack is selected\n\nhint: name one with --stack, or all with --all-stacks")
        return name

    def _list(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.start("stack", "ls", "--json").document(list)
        return listed


def start(directory: Path, stack: str) -> Running | None:
    """Start what the check of a stack waits for; None where that fails, which is said when it is checked."""
    try:
        return Engine(directory).exporting(stack)
    except EngineError:
        return None


def exported(running: Running, stack: str) -> State:
    """The state that an export printed. Raises EngineError, StateError; a stack never deployed is one."""
    state = parse_state(running.output(), name=f"the state of stack {stack}")
    if not state.deployed:
        raise StateError(f"stack {stack} has never been deployed\n\nhint: pulumi up --stack {stack}")
    return state


def configured(running: Running) -> Mapping[str, Any]:
    """The config that the CLI printed, `namespace:key` to text or what it decodes to, without secrets."""
    found: dict[str, Any] = {}
    for key, entry in running.document(dict).items():
        if not entry.get("secret"):
            found[key] = entry.get("objectValue", entry.get("value"))
    return found
