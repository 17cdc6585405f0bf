"""Every rule of the pack: each file of this folder is one, and its `judge` is made by `@rule(…)`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from ..judging.rule import Rule

__all__ = ["RULES"]


def _rule_in(module: str) -> Rule:
    """Return the rule in that file. Raises TypeError where its `judge` is missing or no rule."""
    found = getattr(import_module(f"{__name__}.{module}"), "judge", None)
    if not isinstance(found, Rule):
        raise TypeError(f"policies/rules/{module}.py has no function `judge` below `@rule(…)`")
    return found


RULES: Final[tuple[Rule, ...]] = tuple(_rule_in(file.name) for file in iter_modules(__path__))
"""The rules, in the order of their ids."""
