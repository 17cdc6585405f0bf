"""Work: how many steps a question may take. Past the bound its answer is "unknown" with the reason; it never
hangs.
"""

from __future__ import annotations

__all__ = ["Budget", "TooMuchWork"]


class TooMuchWork(Exception):  # noqa: N818 - no error of the caller's, and it never leaves the core
    """The question needs more steps than its bound."""


class Budget:
    """Steps of about a microsecond that are left for one proof or comparison.

    With `sampling`, some classes of requests will do: what would take too much work is left out.
    """

    def __init__(self, left: int = 150_000, *, sampling: bool = False) -> None:
        self.left = left
        self.sampling = sampling

    def spend(self, steps: int, what: str) -> None:
        """Take steps off; TooMuchWork names what they were needed for."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork(what)
