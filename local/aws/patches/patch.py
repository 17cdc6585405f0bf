"""How a patch takes the place of a function of the emulator's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class Patch(NamedTuple):
    """One function, and what it takes the place of: a module's function, or an operation of a table."""

    owner: Any
    name: str
    function: Callable[..., Any]


PATCHES: list[Patch] = []
"""In the order in which they are put in place: a later one for the same name is asked first."""


def instead_of(owner: Any, *names: str) -> Callable[[Function], Function]:
    """Declare a patch. It gets what it replaces as its first argument, None for an operation that is new."""

    def declare(function: Function) -> Function:
        PATCHES.extend(Patch(owner, name, function) for name in names)
        return function

    return declare


def install() -> None:
    """Put every patch in place, once in a process."""
    for owner, name, function in PATCHES:
        if isinstance(owner, dict):
            owner[name] = partial(function, owner.get(name))
        else:
            setattr(owner, name, partial(function, getattr(owner, name)))
