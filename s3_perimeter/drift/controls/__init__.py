"""The controls: each file of this folder with a `judge` made by `@control(…)` is one.

The other files hold what several of them share.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

from s3_perimeter.documents.nearest import nearest
from s3_perimeter.drift.controls.control import Context, Control, Limits, Scope
from s3_perimeter.errors import PerimeterError

__all__ = ["CONTROLS", "ChoiceError", "Context", "Control", "Limits", "control_of"]


def _found() -> Iterator[Control[Any]]:
    """Yield the control of each file that has one. Raises TypeError where a `judge` is no control."""
    for file in iter_modules(__path__):
        judge = getattr(import_module(f"{__name__}.{file.name}"), "judge", None)
        if isinstance(judge, Control):
            yield judge
        elif judge is not None:
            raise TypeError(
                f"`judge` in s3_perimeter/drift/controls/{file.name}.py is not below `@control(…)`"
            )


def _place(control: Control[Any]) -> tuple[int, bool, int, str]:
    """Return what sorts a control: whether its subject is there comes first, then the most severe."""
    return get_args(Scope).index(control.scope), not control.preliminary, control.severity.rank, control.id


CONTROLS: tuple[Control[Any], ...] = tuple(sorted(_found(), key=_place))
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
