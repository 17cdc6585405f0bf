"""Bucket policies and resource control policies in the files that commands are given."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from s3_perimeter.reporting.errors import CommandError

if TYPE_CHECKING:
    from s3_perimeter.documents.rcp import ResourceControlPolicy

__all__ = ["add_rcp_argument", "read_policy", "read_rcps"]

_MOST_BYTES = 2_000_000


def add_rcp_argument(parser: argparse.ArgumentParser, name: str = "--rcp", help: str = "") -> None:
    """Add the option that names resource control policies."""
    parser.add_argument(
        name,
        nargs="+",
        action="extend",
        default=[],
        metavar="RCP",
        help=help
        or "resource control policies that apply to the bucket's account; write this option after FILE",
    )


def read_rcps(names: Iterable[str]) -> tuple[ResourceControlPolicy, ...]:
    """Read resource control policies from files; CommandError says what is wrong with them."""
    names = tuple(names)
    if not names:
        return ()
    from s3_perimeter.documents.document import PolicyError
    from s3_perimeter.documents.nodes import visible
    from s3_perimeter.documents.rcp import ResourceControlPolicy

    found, problems = [], []
    for name in names:
        try:
            found.append(ResourceControlPolicy.parse(read_policy(name), name))
        except PolicyError as error:
            problems.append(f"`{visible(name)}` is not a resource control policy: {error}")
    if problems:
        raise CommandError("\n       ".join(problems))
    return tuple(found)


def read_policy(name: str) -> bytes:
    """Read a file, or standard input for `-`; never more than a policy can take."""
    if name == "-":
        return sys.stdin.buffer.read(_MOST_BYTES)
    try:
        with open(name, "rb") as file:  # noqa: PTH123 (pathlib takes longer to load than most checks)
            return file.read(_MOST_BYTES)
    except OSError as error:
        from s3_perimeter.documents.nodes import visible

        raise CommandError(f"cannot read `{visible(name)}`: {error.strerror or error}") from error
