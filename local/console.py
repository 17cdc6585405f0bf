"""What the commands in `local/` print on the terminal, and how they run other programs."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

GRACE_SECONDS = 20.0
COLORS = {"dim": 2, "red": 31, "green": 32}


class CommandError(Exception):
    """A command failed; the message says which, what to do, and where the log is."""


def note(text: str) -> None:
    """Progress, on standard error, so that standard output stays for data."""
    print(text, file=sys.stderr, flush=True)


def colored(text: str, color: str) -> str:
    """Return ``text`` in that color on a terminal; NO_COLOR and FORCE_COLOR decide otherwise."""
    wanted = os.environ.get("FORCE_COLOR") or (sys.stderr.isatty() and os.environ.get("TERM") != "dumb")
    if os.environ.get("NO_COLOR") or not wanted:
        return text
    return f"\033[{COLORS[color]}m{text}\033[0m"


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore Ctrl-C in the block: what cleans up after a first one is not cut off by a second one."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def typed(command: Sequence[str]) -> str:
    """Return a command as one would type it; a variable is quoted, so that the shell fills it in."""
    return " ".join(f'"{word}"' if word.startswith("$") else shlex.quote(word) for word in command)


def run(
    command: Sequence[str], environment: Mapping[str, str], directory: Path, log: Path | None = None
) -> int:
    """Run a command in this terminal; gives its exit code. With ``log``, what it says is written there too.

    It gets no standard input. Ctrl-C reaches it as well: it is given time to end in order.
    """
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if log else None,
        stderr=subprocess.STDOUT if log else None,
    )
    try:
        if log and process.stdout:
            with log.open("ab") as file:
                for line in process.stdout:
                    file.write(line)
                    sys.stdout.buffer.write(line)
                    sys.stdout.flush()
        return process.wait()
    except BaseException:
        try:
            process.wait(GRACE_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()
        raise
