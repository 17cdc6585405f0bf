"""Forgetting: what the core remembers of the texts in a document, dropped before each measured proof.

What depends on the names of keys, channels and operators alone is kept: a process that proves one policy
after another has it too.
"""

from __future__ import annotations

from s3_perimeter.semantics import conditions, globs, patterns, readings

__all__ = ["forget"]


def forget() -> None:
    """Let the next proof read every value anew, as it would of a document never seen before."""
    conditions._left_open.cache_clear()
    globs.glob_steps.cache_clear()
    patterns._compiled.cache_clear()
    patterns._confined.cache_clear()
    readings.date.cache_clear()
    readings.network.cache_clear()
    readings.networks.cache_clear()
