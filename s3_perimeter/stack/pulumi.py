"""The Pulumi CLI: the one way to run it, as a process of its own, whatever backend keeps the stacks.

What it refuses becomes one sentence and what to do about it. Secrets stay closed but where a command asks for
them. The processes are those that Pulumi's Automation API starts, without its import, which takes as long as
half a drift check.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.refused_credentials import CODES, EXPIRED, MISSING
from s3_perimeter.reporting.saying import detail

__all__ = [
    "Running",
    "pulumi_json",
    "refusal",
    "run_pulumi",
    "selected_stack",
    "stack_names",
    "start_pulumi",
    "start_reading",
]

_READING: Final = 120.0
"""Seconds within which a command that only reads has to end."""
_READER: Final = {"GOGC": "400", "GOMAXPROCS": "1"}
"""How Go runs a command that only reads: collecting garbage took a quarter of its time, and the second
processor, which made it no faster, is needed by whoever waits for it.
"""
_MISSING: Final = (
    "there is no `pulumi` on PATH",
    'install the Pulumi CLI (pulumi.com/docs/install), or run `eval "$(make -s env)"` in a checkout; '
    "`perimeter drift --state FILE` needs none",
)
# What the CLI says, what that means, what to do. `{stack}` is the stack that was asked for,
# `{file}` the part of its name that its config file bears.
REFUSALS: Final = (
    (
        r"no stack selected|no current stack|no stack is selected",
        "no stack is selected",
        "name one with --stack, or select one with `pulumi stack select NAME`",
    ),
    (
        r"no stack named|stack .* (not found|does not exist)",
        "there is no stack `{stack}` in this project and backend",
        "`pulumi stack ls` lists the stacks",
    ),
    (
        r"no Pulumi\.yaml project file|no Pulumi project found|pass the fully qualified name",
        "there is no Pulumi project here",
        "go to the folder with Pulumi.yaml, or name it with --cwd",
    ),
    (
        r"incorrect passphrase",
        "the passphrase does not decrypt the secrets of stack `{stack}`",
        "set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was created with",
    ),
    (
        r"passphrase must be set|PULUMI_CONFIG_PASSPHRASE",
        "stack `{stack}` has secrets, and there is no passphrase to decrypt them",
        "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE",
    ),
    (
        r"PULUMI_ACCESS_TOKEN must be set|pulumi login|not logged in|invalid access token|401 "
        r"unauthorized",
        "you are not logged in to the Pulumi backend",
        "run `pulumi login`",
    ),
    (
        r"token .{0,40}expired|SSO session .* expired",
        *EXPIRED,
    ),
    (r"no valid credential sources|NoCredentialProviders|failed to retrieve credentials", *MISSING),
    *((rf"\b{code}\b", *words) for code, words in CODES.items()),
    (
        r"no such host|dial tcp|connection refused|i/o timeout|network is unreachable|TLS handshake "
        r"timeout",
        "the Pulumi backend cannot be reached from here",
        "is the network up, and does `pulumi whoami -v` name the right backend?",
    ),
    (
        r"could not decode|unable to (parse|unmarshal)|yaml: ",
        "the config of stack `{stack}` cannot be read",
        "fix Pulumi.{file}.yaml; `pulumi config --stack {stack}` shows the line",
    ),
    (
        r"the stack is currently locked",
        "another update of stack `{stack}` is running",
        "wait for it, or end it with `pulumi cancel`",
    ),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A command of the CLI under way. `stack` is the one that it was asked about, for messages."""

    process: subprocess.Popen[str]
    words: str
    stack: str = ""
    started: float = 0.0

    def output(self, *, seconds: float | None = _READING) -> str:
        """Wait for what it prints. Raises CommandError where it fails, or takes longer than that."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except BaseException as error:
            self.stop()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise CommandError(f"`{self.words}` did not end within {seconds:.0f} s") from error
        self._ended(err or out)
        return out

    def json(self, kind: type[Any] = object) -> Any:
        """Wait for the JSON that it prints. Raises CommandError where it prints something else."""
        text = self.output()
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CommandError(f"`{self.words}` printed no JSON", "is this Pulumi 3.100 or newer?") from error
        if not isinstance(document, kind):
            raise CommandError(f"`{self.words}` printed unexpected JSON")
        return document

    def heard(self, hear: Callable[[str], object]) -> None:
        """Hand over each line as it is printed, until the end. Raises CommandError where it fails."""
        said: list[str] = []
        try:
            for line in self.process.stdout or ():
                said.append(line)
                hear(line.rstrip("\n"))
            self.process.wait()
        except BaseException:
            self.stop()
            raise
        self._ended("".join(said))

    def stop(self) -> None:
        """End it: nobody waits for its answer any more, nor for what it started and that still holds its
        outputs open.
        """
        self.process.kill()
        self.process.wait()
        for output in (self.process.stdout, self.process.stderr):
            if output:
                output.close()

    def _ended(self, said: str) -> None:
        code = self.process.returncode
        detail(f"{self.words}: exit code {code}, {time.monotonic() - self.started:.1f} s")
        if code < 0:
            raise CommandError(f"`{self.words}` was stopped by signal {-code}")
        if code:
            raise refusal(said, self.stack)


def start_pulumi(
    arguments: Sequence[str],
    *,
    stack: str = "",
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    together: bool = False,
) -> Running:
    """Start the CLI in a project, without questions and colors; `together` merges both of its outputs.

    Raises CommandError where there is no CLI, or no such folder.
    """
    program = shutil.which("pulumi")
    if program is None:
        raise CommandError(*_MISSING)
    if directory is not None and not directory.is_dir():
        raise CommandError(f"there is no folder `{directory}`", "name the folder with Pulumi.yaml with --cwd")
    process = subprocess.Popen(
        [program, "--non-interactive", "--color", "never", *arguments],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if together else subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true", **(environment or {})},
    )
    return Running(process, f"pulumi {' '.join(arguments)}", stack, time.monotonic())


def start_reading(arguments: Sequence[str], *, stack: str = "", directory: Path | None = None) -> Running:
    """Start a command that only prints what is stored. Raises CommandError likewise."""
    environment = {name: os.environ.get(name, value) for name, value in _READER.items()}
    return start_pulumi(arguments, stack=stack, directory=directory, environment=environment)


def run_pulumi(arguments: Sequence[str], *, stack: str = "", directory: Path | None = None) -> str:
    """Run the CLI to its end, however long it takes, and return what it printed. Raises CommandError."""
    return start_pulumi(arguments, stack=stack, directory=directory).output(seconds=None)


def pulumi_json(
    arguments: Sequence[str], *, stack: str = "", directory: Path | None = None, kind: type[Any] = object
) -> Any:
    """Run the CLI and return the JSON, of a kind, that it printed. Raises CommandError."""
    return start_reading(arguments, stack=stack, directory=directory).json(kind)


def selected_stack(directory: Path | None = None) -> str:
    """Return the stack that is selected in the project, or that PULUMI_STACK names. Raises CommandError where
    there is none.
    """
    if named := os.environ.get("PULUMI_STACK"):
        return named
    name = start_reading(["stack", "--show-name"], directory=directory).output().strip()
    if not name:
        raise CommandError("no stack is selected", "name one with --stack")
    return name


def stack_names(directory: Path | None = None) -> list[str]:
    """Return the project's stacks, sorted. Raises CommandError."""
    listed = pulumi_json(["stack", "ls", "--json"], directory=directory, kind=list)
    return sorted(str(item["name"]) for item in listed)


def refusal(said: str, stack: str) -> CommandError:
    """Return what the CLI said when it failed, in words: known refusals with their hint, others as they
    are.
    """
    for pattern, problem, hint in REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            page = "how-to/recover-an-interrupted-deployment.md" if "`pulumi cancel`" in hint else ""
            names = {"stack": stack, "file": stack.rpartition("/")[2]}
            return CommandError(problem.format(**names), hint.format(**names), page)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = next(
        (line for line in lines if line.startswith("error:")), lines[-1] if lines else "it printed no message"
    )
    return CommandError(f"pulumi failed: {reason.removeprefix('error:').strip()}")
