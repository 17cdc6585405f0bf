"""A guard against work that never ends: hostile input has to come to an answer.

It is no measure of speed (that is `make bench`): the limit is a hundred times what the work takes, so that a
busy machine does not fail.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["ends"]


@contextmanager
def ends(within: int = 60) -> Iterator[None]:
    """Fail what goes on for `within` seconds, there where it hangs.

    Raises:
        TimeoutError: inside the block, with a traceback to the loop that does not end.
    """

    def too_long(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still at it after {within} seconds")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(within)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
