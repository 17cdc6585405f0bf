"""The `perimeter` command: finds the command that was asked for, loads only that one, and turns errors into
words.

A command is a module with `configure(parser)`, which declares its arguments and its example, and
`run(arguments)`, which returns the exit code: 0 fine, 1 a finding, 2 undetermined.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from s3_perimeter.reporting.commandline import Parser, path
from s3_perimeter.reporting.ending import in_words

TYPE_CHECKING = False  # typing's own takes milliseconds to load; type checkers know the name as well
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

__all__ = ["COMMANDS", "DRIFT", "MORE", "command_line", "main", "parser_of", "run"]

# Name: the module that holds it, and its one line in `perimeter --help`. Nothing is imported to print the
# list.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": (
        "s3_perimeter.commands.check",
        "prove that a bucket policy denies every request from outside your networks, or show one that gets "
        "through",
    ),
    "compare": (
        "s3_perimeter.commands.compare",
        "show which requests two bucket policies treat differently, by meaning",
    ),
    "denied": ("s3_perimeter.commands.denied", "show whose requests are denied, from the access logs"),
    "my-ip": (
        "s3_perimeter.commands.my_ip",
        "show the address that AWS sees, and add it to a stack's allow-list",
    ),
    "preview": (
        "s3_perimeter.commands.preview",
        "run a preview with the policy pack, and report violations in a form that CI can show",
    ),
    "credentials": ("s3_perimeter.commands.credentials", "hand a remote person their access key safely"),
    "plan": (
        "s3_perimeter.commands.plan",
        "show who would gain or lose access to the bucket, before you deploy",
    ),
    "verify": (
        "s3_perimeter.commands.verify",
        "test the deployed bucket with real requests, from inside and outside your networks",
    ),
    "report": (
        "s3_perimeter.commands.report",
        "write one self-contained page about a stack for a security reviewer",
    ),
    "rotate": (
        "s3_perimeter.commands.rotate",
        "replace an access key without an interruption, one step per run",
    ),
    "unlock": ("s3_perimeter.commands.unlock", "show how to regain access after a lock-out"),
}

DRIFT = "drift"
# Commands whose result is not theirs to print in a format: the drift check has its own options.
MORE: dict[str, tuple[str, str]] = {
    DRIFT: ("s3_perimeter.drift.main", "report what was changed outside Pulumi (the drift check)"),
    "completion": (
        "s3_perimeter.commands.completion",
        "print a script that completes commands and options in bash, zsh or fish",
    ),
}

DESCRIPTION = "Daily tasks for a private S3 bucket that only your networks can reach."
EPILOG = """\
exit codes: 0 fine, 1 a finding (escape, drift, denied), 2 could not be determined, or invalid arguments

example:
  perimeter denied --stack dev --since 7d
"""


def command_line(arguments: Sequence[str]) -> Parser:
    """Return the parser of `perimeter`; of the commands, only the one named in the arguments is loaded."""
    named = _named_in(arguments)
    return parser_of([named] if named in COMMANDS or named in MORE else [])


def parser_of(loaded: Sequence[str]) -> Parser:
    """Return the parser of `perimeter`, with the arguments of these commands; without any, it knows all
    names.
    """
    parser = Parser(prog="perimeter", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", "-V", action=Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    everything = {**COMMANDS, **MORE}
    for name in loaded or everything:
        line = everything[name][1]
        command = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        if name in loaded and name != DRIFT:
            import_module(everything[name][0]).configure(command)
            _common_to_all(command, result=name in COMMANDS)
    return parser


class Version(argparse.Action):
    """Print the version that is installed, and end."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(f"s3-perimeter {version('s3-perimeter')}")
        parser.exit()


def _common_to_all(command: argparse.ArgumentParser, *, result: bool) -> None:
    """Declare what every command takes; `result` for those that print one."""
    group = command.add_argument_group("options of every command")
    # `report` writes its page there, and `credentials` a secret, into a file that it makes private first.
    if result and "--output" not in command._option_string_actions:
        group.add_argument(
            "--output", "-o", type=path, dest="result_file", metavar="FILE",
            help="write the result to FILE instead of standard output",
        )  # fmt: skip
    if (form := command._option_string_actions.get("--format")) and form.help is None:
        form.help = "how the result is written (default: text)"
    group.add_argument(
        "--quiet", "-q", action="store_true", help="print only the result, without notes and progress"
    )
    group.add_argument("--verbose", "-v", action="store_true", help="also report each command and API call")
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto",
        help="color in text (auto: on a terminal, unless NO_COLOR is set)",
    )  # fmt: skip
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    group.add_argument("--version", action=Version, nargs=0, help="show the version and exit")


def _named_in(arguments: Sequence[str]) -> str | None:
    """Return the command that the arguments name, if any."""
    return next((argument for argument in arguments if not argument.startswith("-")), None)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, 2 where there is no answer."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    return in_words(lambda: run(arguments), debug="--debug" in arguments)


def run(arguments: Sequence[str]) -> int:
    """Find the command, and run it. Raises what it raises, and SystemExit where it is called wrongly."""
    if not arguments:
        command_line(arguments).print_help(sys.stderr)
        return 2
    named = _named_in(arguments)
    if named == DRIFT:
        from s3_perimeter.drift.main import main as drift

        return drift(list(arguments[arguments.index(DRIFT) + 1 :]), f"perimeter {DRIFT}")
    if named is not None and named not in COMMANDS and named not in MORE:
        from s3_perimeter.documents.nearest import nearest

        near = nearest(named, [*COMMANDS, *MORE])
        hint = f"did you mean `{near}`?" if near else "`perimeter --help` lists the commands"
        problem = f"there is no command `{named}`" if named else "the command is empty"
        command_line(arguments).error(f"{problem}\n\nhint: {hint}")
    chosen = command_line(arguments).parse_args(arguments)
    _settle(chosen)
    module = import_module({**COMMANDS, **MORE}[chosen.command][0])
    if getattr(chosen, "result_file", None) is None:
        code: int = module.run(chosen)
        return code
    from contextlib import redirect_stdout
    from io import StringIO

    from s3_perimeter.reporting.output import write_file

    with redirect_stdout(StringIO()) as written:
        code = module.run(chosen)
    write_file(chosen.result_file, written.getvalue())
    return code


def _settle(chosen: argparse.Namespace) -> None:
    """Follow what the arguments say for every command, and fill in the selected stack where one is needed."""
    from s3_perimeter.reporting.output import choose_color
    from s3_perimeter.reporting.saying import choose_verbosity, note

    files = (getattr(chosen, name, None) for name in ("output", "result_file"))
    choose_color(chosen.color, to_file=any(files))
    choose_verbosity(quiet=chosen.quiet, verbose=chosen.verbose)
    if getattr(chosen, "stack_needed", False) and chosen.stack is None:
        from s3_perimeter.stack.pulumi import selected_stack

        chosen.stack = selected_stack(chosen.cwd)
        note(f"stack {chosen.stack}, which is selected")


if __name__ == "__main__":
    sys.exit(main())
