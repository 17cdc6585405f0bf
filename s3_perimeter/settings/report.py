"""Report: what reading a config finds, mistakes and warnings, each at its key and element."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from s3_perimeter.errors import PerimeterError

__all__ = ["NAMESPACE", "ConfigMistake", "ConfigWarning", "Report", "SettingsError"]

NAMESPACE = "s3-perimeter"
"""The namespace of the stack's config keys."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one value of the config: its key, the element in it, what is wrong, what to write.

    `of_component` says that the value was an argument of the component instead, called as its config key.
    """

    key: str
    element: str | None
    problem: str
    remedy: str
    of_component: bool = False

    @property
    def sentence(self) -> str:
        """The place, what is wrong there and, after a blank line, the hint."""
        place = f"config key `{NAMESPACE}:{self.key}`"
        if self.of_component:
            name = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", self.key)
            place = f"argument `{self.key}`" + ("" if name == self.key else f" (in Python `{name}`)")
        place += f", {self.element}" if self.element else ""
        return f"{place}: {self.problem}\n\nhint: {self.remedy}"


@dataclass(frozen=True, slots=True)
class ConfigMistake(Remark):
    """A value with which nothing can be deployed."""

    def __str__(self) -> str:
        return f"error: {self.sentence}"


@dataclass(frozen=True, slots=True)
class ConfigWarning(Remark):
    """A value that is legal and probably not what was meant."""

    def __str__(self) -> str:
        return f"warning: {self.sentence}"


class SettingsError(PerimeterError):
    """The stack's config has mistakes; `mistakes` holds every one, and `warnings` what else was noticed."""

    page = "reference/configuration.md"

    def __init__(self, mistakes: Iterable[ConfigMistake], warnings: Iterable[ConfigWarning] = ()) -> None:
        self.mistakes = tuple(mistakes)
        self.warnings = tuple(warnings)
        super().__init__("\n\n".join(map(str, self.mistakes)))


@dataclass(frozen=True, slots=True)
class Report:
    """Where a reader notes what it finds; `at` goes one step deeper and shares the lists."""

    key: str = ""
    element: str | None = None
    mistakes: list[ConfigMistake] = field(default_factory=list)
    warnings: list[ConfigWarning] = field(default_factory=list)

    def of(self, key: str) -> Report:
        """Return the report on one config key."""
        return Report(key, None, self.mistakes, self.warnings)

    def at(self, element: str) -> Report:
        """Return the report on one element of this value, such as `entry 3`."""
        deeper = f"{self.element}, {element}" if self.element else element
        return Report(self.key, deeper, self.mistakes, self.warnings)

    def mistake(self, problem: str, remedy: str) -> None:
        """Note a mistake here."""
        self.mistakes.append(ConfigMistake(self.key, self.element, problem, remedy))

    def warn(self, problem: str, remedy: str) -> None:
        """Note a warning here."""
        self.warnings.append(ConfigWarning(self.key, self.element, problem, remedy))
