"""The Pulumi CLI as the source of a stack's state and config: started, and waited for later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.pulumi import Running, start_reading
from s3_perimeter.stack.state import State, parse_state

__all__ = ["configured", "exported", "start", "start_config", "start_export"]


def start_export(stack: str, directory: Path | None = None, *, secrets: bool = False) -> Running:
    """Start exporting a stack's state, its secrets closed unless they are asked for. Raises CommandError."""
    shown = ["--show-secrets"] if secrets else []
    return start_reading(["stack", "export", "--stack", stack, *shown], stack=stack, directory=directory)


def start_config(stack: str, directory: Path | None = None) -> Running:
    """Start reading a stack's config, its secrets closed. Raises CommandError."""
    return start_reading(["config", "--json", "--stack", stack], stack=stack, directory=directory)


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
