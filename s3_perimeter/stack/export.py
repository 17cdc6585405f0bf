"""The Pulumi CLI as the source of a stack's state and config: started, and waited for later."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.pulumi import Running, start_pulumi
from s3_perimeter.stack.state import State, parse_state

__all__ = ["configured", "exported", "start", "start_config", "start_export"]

_RUNTIME: Final = {"GOGC": "400", "GOMAXPROCS": "1"}
"""How Go runs a command that only prints: collecting garbage took a quarter of its time, and a second
processor, which whoever waits for it needs, made it no faster.
"""


def start_export(stack: str, directory: Path | None = None, *, secrets: bool = False) -> Running:
    """Start exporting a stack's state, its secrets closed unless they are asked for. Raises CommandError."""
    shown = ["--show-secrets"] if secrets else []
    return _start(["stack", "export", "--stack", stack, *shown], stack, directory)


def start_config(stack: str, directory: Path | None = None) -> Running:
    """Start reading a stack's config, its secrets closed. Raises CommandError."""
    return _start(["config", "--json", "--stack", stack], stack, directory)


def _start(arguments: list[str], stack: str, directory: Path | None) -> Running:
    """Start a command that prints what is stored, with what it leaves to Go's runtime as `_RUNTIME` says."""
    environment = {name: os.environ.get(name, value) for name, value in _RUNTIME.items()}
    return start_pulumi(arguments, stack=stack, directory=directory, environment=environment)


def start(directory: Path, stack: str) -> Running | None:
    """Start what the check of a stack waits for; None where that fails, which is said when it is checked."""
    try:
        return start_export(stack, directory)
    except CommandError:
        return None


def exported(running: Running, *, secrets: bool = False) -> State:
    """Return the state that an export printed. Raises CommandError, also of an empty stack, and
    StateError.
    """
    state = parse_state(running.output(), name=f"the state of stack {running.stack}", secrets=secrets)
    if not state.deployed:
        raise CommandError(
            f"stack `{running.stack}` is empty: nothing is deployed",
            f"run `pulumi up --stack {running.stack}` first",
        )
    return replace(state, asked=running.stack)


def configured(running: Running) -> dict[str, Any]:
    """Return the config that the CLI printed, `namespace:key` to value, without secrets. Raises
    CommandError.
    """
    from s3_perimeter.stack.config import decoded

    return decoded(running.json(dict))
