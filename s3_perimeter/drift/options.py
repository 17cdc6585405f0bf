"""The command's arguments, read and checked before anything is imported that takes time."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from s3_perimeter.errors import PerimeterError
from s3_perimeter.reporting.commandline import Parser, url, whole_number

__all__ = ["Arguments", "UsageError", "command_line", "parse"]

_EPILOG = """\
The same command can be run in three ways: `perimeter drift`, `pulumi plugin run drift-check -- …`, and
`pulumi-tool-drift-check`, for which no Pulumi CLI is needed with --state.

Exit code: 0 in sync, 1 drift, 2 could not be determined, or invalid arguments.

examples:
  perimeter drift --stack prod
  pulumi plugin run drift-check -- --all-stacks --strict --format sarif --output drift.sarif
  pulumi-tool-drift-check --state export.json --profile audit
  perimeter drift --explain bucket-policy
"""


class UsageError(PerimeterError):
    """The command was called wrongly; the message says how."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the command was asked."""

    stacks: tuple[str, ...]
    all_stacks: bool
    states: tuple[Path, ...]
    shard: tuple[int, int] | None
    strict: bool
    only: frozenset[str]
    skip: frozenset[str]
    baseline: Path | None
    format: str
    output: Path | None
    profile: str | None
    role_arn: str | None
    endpoint_url: str | None
    region: str | None
    max_concurrency: int
    key_age: int
    unused_for: int
    watch: int | None
    directory: Path
    verbose: bool
    quiet: bool = False
    color: str = "auto"

    @property
    def single(self) -> bool:
        """Whether one stack, or one exported state, is checked once."""
        return len(self.stacks) + len(self.states) == 1 and not (self.all_stacks or self.watch)


class _Parser(Parser):
    def end(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(words: list[str], prog: str = "drift-check") -> Arguments | str:
    """Read the arguments; a string is what to print instead of checking. `prog` is what the command was
    called by.

    Raises UsageError, and ChoiceError where a control is named that does not exist.
    """
    if words and words[0] == "--":
        words = words[1:]
    parser = command_line(prog)
    given = parser.parse_args(words)
    if given.help:
        return parser.format_help()
    if given.version:
        from importlib.metadata import version

        return f"s3-perimeter {version('s3-perimeter')}\n"
    if given.list:
        from s3_perimeter.drift.reference import listing

        return listing()
    if given.explain:
        from s3_perimeter.drift.reference import explain

        return explain(given.explain)
    if given.print_policy:
        from s3_perimeter.drift.check import Options, asked_controls
        from s3_perimeter.drift.permissions import policy_text

        return policy_text(
            asked_controls(Options(strict=given.strict, only=_names(given.only), skip=_names(given.skip)))
        )
    if given.state and (given.stack or given.all_stacks):
        raise UsageError(
            "--state cannot be combined with --stack or --all-stacks\n\nhint: use only one of them"
        )
    if given.stack and given.all_stacks:
        raise UsageError("--stack and --all-stacks cannot be combined\n\nhint: use only one of them")
    return Arguments(
        stacks=tuple(dict.fromkeys(given.stack)),
        all_stacks=given.all_stacks,
        states=tuple(given.state),
        shard=_shard(given.shard),
        strict=given.strict,
        only=_names(given.only),
        skip=_names(given.skip),
        baseline=given.baseline,
        format=given.format,
        output=given.output,
        profile=given.profile,
        role_arn=given.role_arn,
        endpoint_url=given.endpoint_url,
        region=given.region,
        max_concurrency=given.max_concurrency,
        key_age=given.key_age,
        unused_for=given.unused_for,
        watch=given.watch,
        directory=given.cwd,
        verbose=given.verbose or given.debug,
        quiet=given.quiet,
        color=given.color,
    )


def command_line(prog: str = "drift-check") -> argparse.ArgumentParser:
    parser = _Parser(
        prog=prog,
        description=(
            "Report everything about access to a stack that differs from what is declared. The check only "
            "reads."
        ),
        epilog=_EPILOG,
        add_help=False,
    )
    what = parser.add_argument_group("what is checked")
    add = what.add_argument
    add(
        "--stack",
        "-s",
        action="append",
        default=[],
        metavar="NAME",
        help="check this stack of the project; may be repeated",
    )
    add("--all-stacks", action="store_true", help="check every stack of the project")
    add(
        "--shard",
        metavar="I/N",
        help="check only the I-th of N equal parts of the stacks, for a matrix of CI jobs",
    )
    add(
        "--state",
        action="extend",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="check exported states, without the Pulumi CLI; may be repeated",
    )
    add(
        "--strict",
        action="store_true",
        help="run the advisory controls too: key age and use, other principals, and services that serve or "
        "copy the bucket's objects",
    )
    add(
        "--only",
        action="append",
        default=[],
        metavar="CONTROL",
        help="run only this control; may be repeated",
    )
    add(
        "--skip",
        action="append",
        default=[],
        metavar="CONTROL",
        help="do not run this control; may be repeated",
    )
    add(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="a file of accepted differences, each with a reason and a last day",
    )
    add(
        "--key-age",
        type=whole_number(1, 36_500, "days"),
        default=90,
        metavar="DAYS",
        help="with --strict: the greatest age of an access key, in days (default: 90)",
    )
    add(
        "--unused-for",
        type=whole_number(1, 36_500, "days"),
        default=30,
        metavar="DAYS",
        help="with --strict: after how many days without use an access key or role is reported (default: 30)",
    )
    add(
        "--cwd",
        "-C",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the folder with Pulumi.yaml (default: here)",
    )
    shown = parser.add_argument_group("what is shown")
    add = shown.add_argument
    add(
        "--format",
        choices=("text", "json", "sarif", "junit", "markdown"),
        default="text",
        help="how the result is written (default: text)",
    )
    add(
        "--output",
        "-o",
        type=Path,
        metavar="FILE",
        help="write the result to FILE instead of standard output",
    )
    add(
        "--watch",
        type=whole_number(1, 604_800, "seconds"),
        metavar="SECONDS",
        help="check every SECONDS seconds, and show the time and what changed; Ctrl-C ends it with exit code "
        "2",
    )
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="color in text (auto: on a terminal, unless NO_COLOR is set)",
    )
    add("--quiet", "-q", action="store_true", help="print only the result, without notes and progress")
    add(
        "--verbose",
        "-v",
        action="store_true",
        help="also report each command, and each API call with its duration, without secrets",
    )
    add("--debug", action="store_true", help="do what --verbose does, and show the traceback of an error")
    add(
        "--explain",
        metavar="CONTROL",
        help="explain what a control reads and compares, and what a difference lets someone do",
    )
    add("--list", action="store_true", help="list every control, one per line")
    add(
        "--print-policy",
        action="store_true",
        help="print the least-privilege IAM policy for a check with the same --strict, --only and --skip",
    )
    add("--version", action="store_true", help="show the version and exit")
    add("--help", "-h", action="store_true", help="show this help message and exit")
    how = parser.add_argument_group("how AWS is reached")
    add = how.add_argument
    add("--profile", metavar="NAME", help="the AWS profile to use")
    add("--role-arn", metavar="ARN", help="the role to assume first")
    add("--endpoint-url", type=url, metavar="URL", help="the AWS endpoint to use")
    add("--region", metavar="REGION", help="the region to use if the state names none")
    add(
        "--max-concurrency",
        type=whole_number(1, 256, "calls"),
        default=40,
        metavar="N",
        help="the number of simultaneous API calls (default: 40)",
    )
    return parser


def _names(given: list[str]) -> frozenset[str]:
    return frozenset(name.strip() for item in given for name in item.split(",") if name.strip())


def _shard(given: str | None) -> tuple[int, int] | None:
    if given is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", given)
    if not found or int(found[1]) > int(found[2]):
        raise UsageError(
            f"--shard {given}: not a valid shard\n\nhint: for four shards write 1/4, 2/4, 3/4 and 4/4"
        )
    return int(found[1]), int(found[2])
