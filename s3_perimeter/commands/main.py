"""The `perimeter` command: finds the command that was asked for, loads only that one, and turns errors into
words.

A command is a module with `configure(parser)`, which declares its arguments and its example, and
`run(arguments)`, which returns the exit code: 0 fine, 1 a finding, 2 could not tell.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from s3_perimeter.commands.errors import CommandError

# Name: the module that holds it, and its one line in `perimeter --help`. Nothing is imported to print the
# list.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": (
        "s3_perimeter.commands.check",
        "prove that a bucket policy lets nobody in from outside, or show who gets in",
    ),
    "compare": (
        "s3_perimeter.commands.compare",
        "which requests two bucket policies treat differently, by meaning",
    ),
    "denied": ("s3_perimeter.commands.denied", "who is being turned away, from the access logs"),
    "my-ip": (
        "s3_perimeter.commands.my_ip",
        "the address that AWS sees, and its entry in a stack's allow-list",
    ),
    "preview": (
        "s3_perimeter.commands.preview",
        "a preview with the policy pack, its violations in a form that CI shows",
    ),
    "credentials": ("s3_perimeter.commands.credentials", "hand a remote person their access key, safely"),
    "plan": (
        "s3_perimeter.commands.plan",
        "the effect of a config change on who reaches the bucket, before it happens",
    ),
    "verify": (
        "s3_perimeter.commands.verify",
        "try the deployed bucket with real requests, from inside and outside",
    ),
    "report": (
        "s3_perimeter.commands.report",
        "one self-contained page about a stack for a security reviewer",
    ),
    "rotate": (
        "s3_perimeter.commands.rotate",
        "replace an access key without an interruption, one step a run",
    ),
    "unlock": ("s3_perimeter.commands.unlock", "the way back in for somebody who is locked out"),
}

DESCRIPTION = "The daily jobs around a private S3 bucket that only your networks can reach."
EPILOG = """\
exit codes: 0 fine, 1 a finding (escape, drift, denied), 2 could not tell or bad input

example:
  perimeter denied --stack dev --since 7d
"""


def command_line(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of `perimeter`; of the commands, only the one named in the arguments is loaded."""
    parser = argparse.ArgumentParser(
        prog="perimeter",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, (module, line) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=line,
            description=line[0].upper() + line[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name == named:
            import_module(module).configure(command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, 2 where it could not tell."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        # Loading a command takes a while, and can be interrupted like the rest.
        chosen = command_line(arguments).parse_args(arguments)
        code: int = import_module(COMMANDS[chosen.command][0]).run(chosen)
        sys.stdout.flush()
    except (CommandError, ValueError) as error:
        if not speaks_to_people(error):
            raise
        # A config's mistakes begin each with the word already.
        print(f"error: {_shown(str(error).removeprefix('error: '))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output has gone, as with `perimeter … | head`. Nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    return code


def speaks_to_people(error: Exception) -> bool:
    """Whether the error was written for the person at the keyboard; any other is a fault of ours and keeps
    its trace.
    """
    if isinstance(error, CommandError):
        return True
    core = sys.modules.get("s3_perimeter.errors")
    return core is not None and isinstance(error, core.PerimeterError)


def _shown(message: str) -> str:
    """A message of several lines with what a terminal would obey escaped."""
    return "\n".join(
        "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
        for line in message.split("\n")
    )


if __name__ == "__main__":
    sys.exit(main())
