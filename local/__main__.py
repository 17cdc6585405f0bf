"""``python -m local COMMAND``: what the Makefile calls."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the part of signal that is in C: imported in no time

if _signal.getsignal(_signal.SIGINT) is not _signal.SIG_IGN:
    # Until main() catches it, Ctrl-C ends this process without a word, and make says "Interrupt".
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what takes time to import is imported where an interrupt is caught
    import argparse


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    import argparse

    made = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    names = made.add_subparsers(dest="command", required=True)
    names.add_parser("up", help="start the embedded AWS, deploy stack local, and test it")
    down = names.add_parser("down", help="destroy the stack, stop everything, remove its state")
    down.add_argument("--keep", action="store_true", help="keep the stack and its state for the next `up`")
    names.add_parser("env", help="print shell exports for the running stand")
    names.add_parser("status", help="show what is running, and where")
    names.add_parser("engine", help="find, download or build the Pulumi engine")
    names.add_parser("run", help="run the command that follows with the stand's environment")
    return made


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """Take SIGTERM as Ctrl-C, and both as an exception: what was started is stopped."""
    raise KeyboardInterrupt


def perform(arguments: list[str]) -> int:
    """Run a command and return its exit code; its errors are reported without a traceback."""
    running = arguments[:1] == ["run"]  # its words are the command's own, ``--`` among them
    asked = parser().parse_args(["run"] if running else arguments)
    words = arguments[1:] if running else []
    from local import commands
    from local.console import CommandError
    from local.engine.build import EngineError
    from local.stand import StandError

    try:
        match asked.command:
            case "up":
                return commands.up()
            case "down":
                return commands.down(keep=asked.keep)
            case "env":
                return commands.env()
            case "status":
                return commands.status()
            case "engine":
                return commands.engine()
            case _:
                return commands.in_stand(words)
    except (CommandError, EngineError, StandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def main() -> int:
    """Run what the command line names. Ctrl-C ends in one line, whatever it interrupts."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, interrupted)
        signal.signal(signal.SIGTERM, interrupted)
        return perform(sys.argv[1:])
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is stopped; a second one would only add noise
        print("\ninterrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone, as with `make status | head`. Nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2


if __name__ == "__main__":
    sys.exit(main())
