"""Whether S3 delivers the access logs of a stack's bucket."""

from __future__ import annotations

import time
from datetime import datetime

from s3_perimeter.access_logs.sources import logs_of_stack
from s3_perimeter.stack.deployed import Stack

__all__ = ["logs_arrive", "logs_since"]


def logs_since(stack: Stack, profile: str | None, start: datetime) -> bool:
    """Return whether there is any log from a moment on. Raises CommandError where that cannot be read."""
    return next(logs_of_stack(stack, start, profile).pieces(), None) is not None


def logs_arrive(stack: Stack, profile: str | None, start: datetime, wait: float, run: str) -> bool:
    """Read new logs again and again for `wait` seconds; return whether a request of this run is in them.

    Raises CommandError where they cannot be read.
    """
    logs = logs_of_stack(stack, start, profile)
    read: set[str] = set()
    until = time.monotonic() + wait
    while time.monotonic() < until:
        for piece in logs.pieces():
            fresh = tuple(name for name in piece.names if name not in read)
            read.update(fresh)
            for name in fresh:
                if any(run.encode() in b"".join(text) for text in logs.read(type(piece)((name,)))):
                    return True
        time.sleep(min(2.0, wait))
    return False
