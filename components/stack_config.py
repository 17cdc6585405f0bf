"""The stack's config as Pulumi hands it to a program: every key of the namespace, the misspelt ones too."""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi
from pulumi.runtime import config

from components.mistakes import told_plainly
from s3_perimeter.settings import NAMESPACE, Settings

__all__ = ["read_config", "stack_settings"]


def read_config(namespace: str) -> dict[str, str]:
    """Return the namespace's config by key, without the namespace; objects and lists are JSON text.

    ``pulumi.Config`` answers for one key at a time. A misspelt key is found only by looking at all of them,
    which reach a program through the language host's process (``CONFIG``) or its environment.
    """
    everything = {**config.get_config_env(), **config.CONFIG.get()}
    own = f"{namespace}:"
    return {key.removeprefix(own): value for key, value in sorted(everything.items()) if key.startswith(own)}


def stack_settings() -> Settings:
    """Return what the stack's config asks for, as of today in UTC, or tell every mistake in it and end."""
    with told_plainly():
        return Settings.parse(
            read_config(NAMESPACE),
            project=pulumi.get_project(),
            stack=pulumi.get_stack(),
            today=datetime.now(UTC).date(),
        )
