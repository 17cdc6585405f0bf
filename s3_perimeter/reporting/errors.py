"""CommandError: a user's mistake, or an answer that could not be had, in one sentence with what to do."""

from __future__ import annotations

from s3_perimeter.errors import PerimeterError

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CommandError", "refuse"]


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

    @classmethod
    def of(cls, mistakes: Sequence[tuple[str, str]]) -> CommandError:
        """Return several mistakes as one error: every problem, and every hint once."""
        problems, hints = zip(*mistakes, strict=True)
        return cls("\n       ".join(problems), "\n      ".join(dict.fromkeys(hints)))


def refuse(mistakes: Sequence[tuple[str, str]]) -> None:
    """Raise CommandError with every mistake and every hint, if there is one."""
    if mistakes:
        raise CommandError.of(mistakes)
