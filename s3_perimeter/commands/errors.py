"""CommandError: what a person did wrong or what could not be told, in one sentence, with the way out."""

from __future__ import annotations

__all__ = ["CommandError"]


class CommandError(Exception):
    """A command cannot go on: `str()` is the sentence to print, with the hint after a blank line.

    It ends the command with exit code 2: bad input, or an answer that could not be had.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}\n\nhint: {hint}" if hint else problem)
