"""The stack's config as Pulumi hands it to a program: every key of the namespace, the misspelt ones too."""

from __future__ import annotations

from pulumi.runtime import config

__all__ = ["read_config"]


def read_config(namespace: str) -> dict[str, str]:
    """Return the namespace's config by key, without the namespace; objects and lists are JSON text.

    ``pulumi.Config`` answers for one key at a time. A misspelt key is found only by looking at all of them,
    which reach a program through the language host's process (``CONFIG``) or its environment. A key that is
    empty is a key that is not set: project-wide defaults have no other way to say so.
    """
    everything = {**config.get_config_env(), **config.CONFIG.get()}
    own = f"{namespace}:"
    return {
        key.removeprefix(own): value
        for key, value in sorted(everything.items())
        if key.startswith(own) and value != ""
    }
