"""`perimeter completion`: a script with which a shell completes commands and options."""

from __future__ import annotations

import argparse

__all__ = ["configure", "run"]

EPILOG = """\
The script completes the commands and options of the installed version: create it again after an update. Exit
code 2 means that the shell is not supported.

examples:
  perimeter completion bash > ~/.local/share/bash-completion/completions/perimeter
  perimeter completion zsh > "${fpath[1]}/_perimeter"
  perimeter completion fish > ~/.config/fish/completions/perimeter.fish
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    print(shtab.complete(_whole_command_line(), shell=arguments.shell))
    return 0


def _whole_command_line() -> argparse.ArgumentParser:
    """Return the parser of `perimeter` with the options of every command, the drift check's among them."""
    from s3_perimeter.commands.main import COMMANDS, DRIFT, MORE, parser_of
    from s3_perimeter.drift.options import command_line

    parser = parser_of([*COMMANDS, *MORE])
    (commands,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    for action in command_line()._actions:
        if action.dest != "help":
            commands.choices[DRIFT]._add_action(action)
    return parser
