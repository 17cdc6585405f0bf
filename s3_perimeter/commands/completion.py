"""`perimeter completion`: a script with which a shell completes commands and options."""

from __future__ import annotations

import argparse
from importlib import import_module

__all__ = ["configure", "run"]

EPILOG = """\
The script knows the commands and options of this version: make it again after an update. Exit code 2 says
that no such shell is known.

examples:
  perimeter completion bash > ~/.local/share/bash-completion/completions/perimeter
  perimeter completion zsh > "${fpath[1]}/_perimeter"
  perimeter completion fish > ~/.config/fish/completions/perimeter.fish
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell to write it for")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from s3_perimeter.commands.main import whole_command_line

    print(shtab.complete(whole_command_line(), shell=arguments.shell))
    return 0


def drift_into(parser: argparse.ArgumentParser) -> None:
    """Declare the drift check's options on another parser, for completion."""
    options = import_module("s3_perimeter.drift.options").command_line()
    for action in options._actions:
        if action.dest != "help":
            parser._add_action(action)
