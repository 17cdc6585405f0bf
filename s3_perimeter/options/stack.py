"""`--stack` and `--cwd`, and whose access a command is about."""

from __future__ import annotations

import argparse

from s3_perimeter.reporting.commandline import path

__all__ = ["add_person_arguments", "add_stack_arguments"]


def add_stack_arguments(
    parser: argparse.ArgumentParser, *, required: bool = True, help: str = "the stack"
) -> None:
    """Give a command `--stack` and `--cwd`; where a stack is required, the selected one is the default."""
    said = f"{help} (default: the selected one)" if required else help
    parser.add_argument("--stack", "-s", metavar="NAME", help=said)
    parser.set_defaults(stack_needed=required)
    parser.add_argument(
        "--cwd", "-C", type=path, metavar="DIR", help="the folder with Pulumi.yaml (default: here)"
    )


def add_person_arguments(parser: argparse.ArgumentParser, user: str, role: str, slot: str) -> None:
    """Give a command `--user`, `--role` and `--slot`, each with its help."""
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--user", "-u", metavar="NAME", help=user)
    whose.add_argument("--role", metavar="NAME", help=role)
    parser.add_argument(
        "--slot", metavar="SLOT", help=f"which access key, if there are two (default: {slot})"
    )
