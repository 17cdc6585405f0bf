"""CommandError: a user's mistake, or an answer that could not be had, in one sentence with what to do."""

from __future__ import annotations

from s3_perimeter.errors import PerimeterError

__all__ = ["CommandError"]


class CommandError(PerimeterError):
    """A command cannot go on: `str()` is the sentence to print, with the hint after a blank line.

    It ends the command with exit code 2: bad input, or an answer that could not be had.
    """

    def __init__(self, problem: str, hint: str = "", page: str = "") -> None:
        self.problem = problem
        self.hint = hint
        self.page = page
        super().__init__(f"{problem}\n\nhint: {hint}" if hint else problem)

    def __reduce__(self) -> tuple[type[CommandError], tuple[str, str, str]]:
        """Cross a process boundary whole: an exception is made again from its one text otherwise."""
        return type(self), (self.problem, self.hint, self.page)
