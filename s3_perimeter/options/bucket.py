"""Place: the bucket that a command is about, as its options name it."""

from __future__ import annotations

import argparse
import re

from s3_perimeter.partitions import PARTITIONS

__all__ = ["add_bucket_arguments", "mistakes_in_place"]

_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}")
"""A bucket's name, be it of the days when S3 took more than it does now."""
_ACCOUNT = re.compile(r"[0-9]{12}")


def add_bucket_arguments(parser: argparse.ArgumentParser, what: str, *, required: bool = False) -> None:
    """Give a command `--bucket`, `--account` and `--partition`."""
    parser.add_argument("--bucket", metavar="NAME", required=required, help=what)
    parser.add_argument("--account", metavar="ID", help="the account that owns the bucket")
    parser.add_argument(
        "--partition", default="aws", help="the AWS partition: aws, aws-cn, aws-us-gov … (default: aws)"
    )


def mistakes_in_place(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    """Return what is wrong with ``--bucket``, ``--account`` and ``--partition``, each with what to write."""
    from s3_perimeter.documents.nodes import clipped
    from s3_perimeter.fence import NAME_ANOTHER, other_kind

    found = []
    if not arguments.bucket:
        found.append(("no bucket specified", "add --bucket NAME"))
    elif not _BUCKET.fullmatch(arguments.bucket):
        found.append(
            (
                f"--bucket: `{clipped(arguments.bucket)}` is not a bucket name",
                "write only the name, not an ARN",
            )
        )
    elif problem := other_kind(arguments.bucket):
        found.append((f"--bucket: {problem}", NAME_ANOTHER))
    if arguments.account is not None and not _ACCOUNT.fullmatch(arguments.account):
        found.append(
            (
                f"--account: `{clipped(arguments.account)}` is not a valid account id",
                "write the twelve digits of the account id",
            )
        )
    if arguments.partition not in PARTITIONS:
        found.append(
            (
                f"--partition: `{clipped(arguments.partition)}` is not an AWS partition",
                f"write one of {', '.join(PARTITIONS)}",
            )
        )
    return found
