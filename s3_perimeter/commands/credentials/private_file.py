"""Files that only their owner can read, and that are never written over another."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from s3_perimeter.reporting.errors import CommandError

__all__ = ["append_private", "write_new"]


def write_new(path: Path, content: bytes) -> None:
    """Make a file, mode 600 from its first moment on. Raises CommandError where something has the name."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError as error:
        raise CommandError(
            f"`{path}` already exists and is not overwritten", "name another file, or remove it"
        ) from error
    except OSError as error:
        raise CommandError(f"cannot write `{path}`: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except BaseException as error:  # half a secret helps nobody, and the name is free for another try
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CommandError(f"cannot write `{path}`: {error.strerror}") from error
        raise


def append_private(path: Path, text: str) -> None:
    """Add text to the end of a file, which has mode 600 afterwards, in one step; what it held stays byte for
    byte.

    A link is followed, so that a file kept elsewhere stays where it is. Raises CommandError where it cannot.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = target.read_bytes() if target.exists() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # mode 600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(before + (b"\n" if before else b"") + text.encode())
            Path(temporary).replace(target)
        except BaseException:  # an interrupt leaves no secret lying about
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CommandError(f"cannot write `{path}`: {error.strerror}") from error
