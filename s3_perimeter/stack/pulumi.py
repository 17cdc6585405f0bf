"""The Pulumi CLI as commands use it: run, with its refusals turned into one sentence and a way out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.saying import detail

__all__ = ["pulumi_command", "pulumi_json", "refusal", "run_pulumi", "selected_stack"]

MISSING: Final = CommandError(
    "there is no `pulumi` on PATH",
    'install the Pulumi CLI (pulumi.com/docs/install), or run `eval "$(make -s env)"` in a checkout',
)
# What the CLI says, what that means, what to do. `{stack}` is the stack that was asked for, `{file}`
# the part of its name that its config file bears.
REFUSALS: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), problem, hint)
    for pattern, problem, hint in (
        (
            r"no stack selected|no current stack|no stack is selected",
            "no stack is selected",
            "name one with --stack, or select one with `pulumi stack select NAME`",
        ),
        (
            r"no stack named|stack .* (not found|does not exist)",
            "there is no stack `{stack}` in this project and backend",
            "`pulumi stack ls` lists those that there are",
        ),
        (
            r"no Pulumi\.yaml project file|no Pulumi project found|pass the fully qualified name",
            "there is no Pulumi project here",
            "go to the folder with Pulumi.yaml, or name it with --cwd",
        ),
        (
            r"incorrect passphrase",
            "the passphrase does not open the secrets of stack `{stack}`",
            "set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with",
        ),
        (
            r"passphrase must be set|PULUMI_CONFIG_PASSPHRASE",
            "stack `{stack}` has secrets, and there is no passphrase to open them",
            "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE",
        ),
        (
            r"PULUMI_ACCESS_TOKEN must be set|pulumi login|not logged in|invalid access token|401 "
            r"unauthorized",
            "you are not logged in to the Pulumi backend",
            "run `pulumi login`",
        ),
        (
            r"ExpiredToken|token .{0,40}expired|SSO session .* expired",
            "the AWS credentials have expired",
            "log in again, for instance with `aws sso login`",
        ),
        (
            r"no such host|dial tcp|connection refused|i/o timeout|network is unreachable|TLS handshake "
            r"timeout",
            "the Pulumi backend cannot be reached from here",
            "is the network up, and does `pulumi whoami -v` name the right backend?",
        ),
        (
            r"could not decode|unable to (parse|unmarshal)|yaml: ",
            "the config of stack `{stack}` cannot be read",
            "fix Pulumi.{file}.yaml; `pulumi config --stack {stack}` tells the line",
        ),
        (
            r"the stack is currently locked",
            "another update of stack `{stack}` is running",
            "wait for it, or end it with `pulumi cancel`",
        ),
    )
)


def pulumi_command(arguments: Sequence[str], directory: Path | None) -> list[str]:
    """The command line that runs the CLI without questions and colours. Raises CommandError where it is
    missing.
    """
    program = shutil.which("pulumi")
    if program is None:
        raise MISSING
    where = ["--cwd", str(directory)] if directory else []
    return [program, "--non-interactive", "--color", "never", *where, *arguments]


def selected_stack(directory: Path | None = None) -> str:
    """The stack that is selected in the project, or that PULUMI_STACK names. Raises CommandError where there
    is none.
    """
    if named := os.environ.get("PULUMI_STACK"):
        return named
    name = run_pulumi(["stack", "--show-name"], stack="", directory=directory).strip()
    if not name:
        raise CommandError("no stack is selected", "name one with --stack")
    return name


def run_pulumi(arguments: Sequence[str], *, stack: str, directory: Path | None = None) -> str:
    """Run the CLI and return what it wrote to standard output. Raises CommandError in its stead where it
    fails.
    """
    started = time.monotonic()
    done = subprocess.run(
        pulumi_command(arguments, directory),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
    )
    detail(f"pulumi {' '.join(arguments)}: exit code {done.returncode}, {time.monotonic() - started:.1f} s")
    if done.returncode:
        raise refusal(done.stderr or done.stdout, stack)
    return done.stdout


def pulumi_json(arguments: Sequence[str], *, stack: str, directory: Path | None = None) -> Any:
    """Run the CLI and read the JSON that it wrote. Raises CommandError where it fails or writes none."""
    text = run_pulumi(arguments, stack=stack, directory=directory)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(
            f"`pulumi {' '.join(arguments)}` wrote no JSON", "is this Pulumi 3.100 or newer?"
        ) from error


def refusal(said: str, stack: str) -> CommandError:
    """What the CLI said when it failed, in words: known refusals with their hint, others as they are."""
    for pattern, problem, hint in REFUSALS:
        if pattern.search(said):
            page = "how-to/recover-an-interrupted-deployment.md" if "`pulumi cancel`" in hint else ""
            names = {"stack": stack, "file": stack.rpartition("/")[2]}
            return CommandError(problem.format(**names), hint.format(**names), page)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next(
        (line for line in lines if line.startswith("error:")), lines[-1] if lines else "it said nothing"
    )
    return CommandError(f"pulumi failed: {told.removeprefix('error:').strip()}")
