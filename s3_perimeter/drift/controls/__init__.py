"""The controls: each file of this folder is one, and its `judge` is made by `@control(…)`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

from s3_perimeter.documents.nearest import nearest
from s3_perimeter.drift.judging.control import Context, Control, Limits, Scope
from s3_perimeter.errors import PerimeterError

__all__ = ["CONTROLS", "ChoiceError", "Context", "Control", "Limits", "control_of"]


def _control_in(module: str) -> Control[Any]:
    """Return the control in that file. Raises TypeError where its `judge` is missing or no control."""
    found = getattr(import_module(f"{__name__}.{module}"), "judge", None)
    if not isinstance(found, Control):
        raise TypeError(f"drift/controls/{module}.py has no function `judge` below `@control(…)`")
    return found


def _place(control: Control[Any]) -> tuple[int, bool, int, str]:
    """Return what sorts a control: whether its subject is there comes first, then the most severe."""
    return get_args(Scope).index(control.scope), not control.preliminary, control.severity.rank, control.id


CONTROLS: tuple[Control[Any], ...] = tuple(
    sorted((_control_in(file.name) for file in iter_modules(__path__)), key=_place)
)
"""Every control, in the order of a report."""


class ChoiceError(PerimeterError):
    """A control is named that does not exist; the message names the nearest."""


def control_of(name: str) -> Control[Any]:
    """Return the control of that id. Raises ChoiceError where there is none."""
    for control in CONTROLS:
        if control.id == name:
            return control
    near = nearest(name, [control.id for control in CONTROLS])
    hint = f"did you mean `{near}`?" if near else "`drift-check --list` names them"
    raise ChoiceError(f"no control is called `{name}`\n\nhint: {hint}")
