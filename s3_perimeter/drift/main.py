"""The command `pulumi plugin run drift-check -- …`, whose executable is `pulumi-tool-drift-check`."""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from s3_perimeter.reporting.ending import in_words

__all__ = ["command", "main", "stopping"]

# No more is imported here: the engine's process is started before the rest is read.


def main(arguments: Sequence[str] | None = None, prog: str = "drift-check") -> int:
    """Run the command and return its exit code: 0 in sync, 1 drift, 2 undetermined or wrong arguments. `prog`
    is what it was called by.

    Whatever goes wrong ends in a sentence and exit code 2: 1 says that something was found.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    return in_words(lambda: _run(words, prog), debug="--debug" in words)


def _run(words: list[str], prog: str) -> int:
    from s3_perimeter.drift.options import parse

    chosen = parse(words, prog)
    if isinstance(chosen, str):
        print(chosen, end="")
        return 0
    if find_spec("botocore") is None:
        raise ModuleNotFoundError(name="botocore")

    from s3_perimeter.reporting.output import choose_color
    from s3_perimeter.reporting.saying import choose_verbosity, note
    from s3_perimeter.stack.export import start

    choose_color(chosen.color, to_file=chosen.output is not None)
    choose_verbosity(quiet=chosen.quiet, verbose=chosen.verbose)
    stop = threading.Event()
    # A watch has said everything, and ends with a line of its own.
    with handled(stopping(stop, (lambda _: None) if chosen.watch else note)):
        export = start(chosen.directory, chosen.stacks[0]) if chosen.single and chosen.stacks else None
        # Each import after what goes on meanwhile has begun: the engine's process, then a call.
        from s3_perimeter.drift.begin import begin

        begun = begin(chosen, export)

        from s3_perimeter.drift.run import run

        code = run(chosen, stop, begun)
    return 2 if stop.is_set() else code


@contextmanager
def handled(handler: Callable[[int, object], None]) -> Iterator[None]:
    """Give SIGINT and SIGTERM to a handler within the block; only the main thread can.

    Whoever calls `main` from a program of its own gets its handlers back: a process forked from it would not
    end on SIGTERM with one that only takes note.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, one in before.items():
            signal.signal(number, one)


def stopping(stop: threading.Event, say: Callable[[str], None]) -> Callable[[int, object], None]:
    """Return a signal handler that says so and sets `stop`; a second signal ends the process at once."""
    asked: list[int] = []

    def asks(number: int, _: object) -> None:
        if asked:
            os._exit(2)
        asked.append(number)
        # In a thread: the signal may come while this one holds the lock of the event, or is printing.
        _thread.start_new_thread(set_stop, (number,))

    def set_stop(number: int) -> None:
        say(f"stopping ({signal.Signals(number).name}): what is known follows")
        stop.set()

    return asks


def command() -> None:
    """Run as a process: ends at once when all is said, without waiting for calls that were given up."""
    # A check makes many objects that live to its end: looking for garbage among them took a tenth of it.
    gc.set_threshold(400_000, 50, 50)
    os._exit(main())


if __name__ == "__main__":
    command()
