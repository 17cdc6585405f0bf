"""`--allow`: the allow-list as every command takes it, with the messages that the stack config has."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from s3_perimeter.addresses import AddressSet
from s3_perimeter.reporting.errors import refuse

__all__ = ["add_allow", "allow_of", "read_allow"]

NONE = "none"
"""What is written for an allow-list without any network: a bucket that only VPC endpoints reach."""
MISSING = (
    "there is no allow-list",
    "add --allow CIDR, such as --allow 203.0.113.0/24, or --allow none if no network is allowed",
)


def add_allow(parser: argparse.ArgumentParser, what: str) -> None:
    """Give a command `--allow`: `A B`, `A,B` and the option repeated are the same."""
    parser.add_argument(
        "--allow",
        nargs="+",
        action="extend",
        default=[],
        metavar="CIDR",
        help=f"{what}; `none` for an empty list",
    )


def allow_of(texts: Sequence[str], mistakes: list[tuple[str, str]], *, required: bool = True) -> AddressSet:
    """Return the addresses that `--allow` names; what is wrong with it is added to the mistakes."""
    if not texts:
        mistakes += [MISSING] if required else []
        return AddressSet.nothing()
    from s3_perimeter.semantics.networks import NetworkListError, read_addresses, split_list

    if NONE in texts:
        if any(each != NONE for each in texts):
            mistakes.append(("--allow: `none` excludes networks", "write `none` alone, or the networks"))
        return AddressSet.nothing()
    try:
        return read_addresses(split_list(texts))
    except NetworkListError as error:
        mistakes += [(f"--allow: {each.problem}", each.remedy) for each in error.mistakes]
        return AddressSet.nothing()


def read_allow(texts: Sequence[str], *, required: bool = True) -> AddressSet:
    """Return the addresses that `--allow` names. Raises CommandError with all that is wrong with it."""
    mistakes: list[tuple[str, str]] = []
    allowed = allow_of(texts, mistakes, required=required)
    refuse(mistakes)
    return allowed
