"""The command `pulumi plugin run drift-check -- …`, whose executable is `pulumi-tool-drift-check`."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec

# No more is imported here: the engine's process is started before the rest is read.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 in sync, 1 drift, 2 could not tell or wrong arguments.

    Whatever goes wrong ends in a sentence and exit code 2: 1 says that something was found.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the result has seen enough
        return 2
    except OSError as error:
        _tell(error, words, "")
        return 2
    except Exception as error:  # noqa: BLE001  (the top of the command)
        _tell(error, words, "; this is a mistake in s3-perimeter, please report it with its trace (--debug)")
        return 2


def _run(words: list[str]) -> int:
    from s3_perimeter.drift.options import UsageError, parse
    from s3_perimeter.extras import named
    from s3_perimeter.stack.export import start

    stop = threading.Event()
    try:
        chosen = parse(words)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if isinstance(chosen, str):
        print(chosen, end="", flush=True)
        return 0
    if find_spec("botocore") is None:
        print(f"error: {named(ModuleNotFoundError(name='botocore'))}", file=sys.stderr)
        return 2

    def interrupt(number: int, _: object) -> None:
        if stop.is_set():  # asked twice: at once, saying nothing more
            os._exit(2)
        stop.set()
        if not chosen.watch:  # a watch has said everything, and ends with a line of its own
            print(f"stopping ({signal.Signals(number).name}): what is known follows", file=sys.stderr)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
    try:
        single = len(chosen.stacks) == 1 and not chosen.watch
        started = start(chosen.directory, chosen.stacks[0]) if single else None
        # After the engine's process has begun: both take a third of a second.
        from s3_perimeter.drift.run import run

        code = run(chosen, stop, started)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 2 if stop.is_set() else code


def _tell(error: Exception, words: Sequence[str], more: str) -> None:
    print(f"error: {type(error).__name__}: {error}{more}", file=sys.stderr)
    if "--debug" in words:
        import traceback

        traceback.print_exc()


def command() -> None:
    """Run as a process: ends at once when all is said, without waiting for calls that were given up."""
    # A check makes many objects that live to its end: looking for garbage among them took a tenth of it.
    gc.set_threshold(100_000, 50, 50)
    code = main()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:  # a full disk, for instance: nobody has the result
        print(f"error: the result cannot be written: {error.strerror}", file=sys.stderr)
        code = 2
    os._exit(code)


if __name__ == "__main__":
    command()
