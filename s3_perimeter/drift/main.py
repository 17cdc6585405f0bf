"""The command `pulumi plugin run drift-check -- …`, whose executable is `pulumi-tool-drift-check`."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec

# No more is imported here: the engine's process is started before the rest is read.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 in sync, 1 drift, 2 could not tell or was told wrongly."""
    from s3_perimeter.drift.options import UsageError, parse
    from s3_perimeter.extras import named
    from s3_perimeter.stack.export import start

    stop = threading.Event()
    try:
        chosen = parse(list(sys.argv[1:] if arguments is None else arguments))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if isinstance(chosen, str):
        print(chosen, end="")
        return 0
    if find_spec("botocore") is None:
        print(f"error: {named(ModuleNotFoundError(name='botocore'))}", file=sys.stderr)
        return 2

    def interrupt(number: int, _: object) -> None:
        if stop.is_set():  # asked twice: at once, saying nothing more
            os._exit(2)
        stop.set()
        print(f"stopping ({signal.Signals(number).name}): what is known follows", file=sys.stderr)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
    try:
        started = start(chosen)
        from s3_perimeter.drift.run import (
            run,
        )  # after the engine's process has begun: both take a third of a second

        code = run(chosen, stop, started)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 2 if stop.is_set() else code


def command() -> None:
    """Run as a process: ends at once when all is said, without waiting for calls that were given up."""
    # A check makes many objects that live to its end: looking for garbage among them took a tenth of it.
    gc.set_threshold(100_000, 50, 50)
    code = main()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    command()
