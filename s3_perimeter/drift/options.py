"""The command's arguments, read and checked before anything is imported that takes time."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

_EXAMPLES = """examples:
  pulumi plugin run drift-check -- --stack prod
  pulumi plugin run drift-check -- --all-stacks --strict --format sarif --output drift.sarif
  pulumi-tool-drift-check --state export.json --profile audit
  pulumi-tool-drift-check --explain bucket-policy

exit codes: 0 in sync, 1 drift, 2 could not tell or wrong arguments
"""


class UsageError(Exception):
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
    watch: float | None
    directory: Path
    debug: bool
    color: str = "auto"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n\nhint: `drift-check --help` shows what there is")


def parse(words: list[str]) -> Arguments | str:
    """Read the arguments; a string is what to print instead of checking. Raises UsageError."""
    if words and words[0] == "--":
        words = words[1:]
    parser = command_line()
    given = parser.parse_args(words)
    if given.help:
        return parser.format_help()
    if given.list:
        from s3_perimeter.drift.reference import listing

        return listing()
    if given.explain:
        from s3_perimeter.drift.reference import explain

        return explain(given.explain)
    if given.print_policy:
        from s3_perimeter.drift.permissions import policy_text

        return policy_text()
    for option in ("profile", "role_arn", "endpoint_url", "region"):
        if str(getattr(given, option)) == "":
            raise UsageError(f"--{option.replace('_', '-')} is empty\n\nhint: give a value, or leave it out")
    if given.state and (given.stack or given.all_stacks):
        raise UsageError("--state is a stack by itself\n\nhint: leave --stack and --all-stacks out")
    if given.stack and given.all_stacks:
        raise UsageError("--stack and --all-stacks together\n\nhint: leave one of them out")
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
        max_concurrency=_between(1, given.max_concurrency, 256, "--max-concurrency"),
        key_age=_between(1, given.key_age, 36_500, "--key-age"),
        watch=None if given.watch is None else float(_between(1, given.watch, 604_800, "--watch")),
        directory=given.cwd,
        debug=given.debug,
        color=given.color,
    )


def command_line() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="drift-check",
        description="Tell everything about a stack's access that is not as declared. It only reads.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    what = parser.add_argument_group("what is checked")
    add = what.add_argument
    add(
        "--stack", action="append", default=[], metavar="NAME", help="a stack of the project; may be repeated"
    )
    add("--all-stacks", action="store_true", help="every stack of the project")
    add("--shard", metavar="I/N", help="only the I-th of N equal parts of the stacks (a CI matrix)")
    add(
        "--state",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="an exported state, without any CLI",
    )
    add("--strict", action="store_true", help="the advisory controls too: key age and use, other principals")
    add("--only", action="append", default=[], metavar="CONTROL", help="only these controls; may be repeated")
    add("--skip", action="append", default=[], metavar="CONTROL", help="not these controls; may be repeated")
    add(
        "--baseline", type=Path, metavar="FILE", help="accepted differences, each with a reason and an expiry"
    )
    add("--key-age", type=int, default=90, metavar="DAYS", help="the limit of --strict for access keys (90)")
    add("--cwd", type=Path, default=Path(), metavar="DIR", help="the project's directory (the current one)")
    shown = parser.add_argument_group("what is shown")
    add = shown.add_argument
    add(
        "--format",
        choices=("text", "json", "sarif", "junit", "markdown"),
        default="text",
        help="how the result is written (text)",
    )
    add("--output", type=Path, metavar="FILE", help="write there instead of standard output")
    add(
        "--watch",
        type=int,
        metavar="SECONDS",
        help="check again and again, show the time and what changed; Ctrl-C ends it with exit code 2",
    )
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in the text (auto: on a terminal, unless NO_COLOR is set)",
    )
    add("--debug", action="store_true", help="every call and how long it took, on standard error; no secrets")
    add(
        "--explain",
        metavar="CONTROL",
        help="what a control reads and compares, and what drift in it lets happen",
    )
    add("--list", action="store_true", help="every control in a line")
    add("--print-policy", action="store_true", help="the least-privilege IAM policy that a check needs")
    add("--help", "-h", action="store_true", help="this text")
    how = parser.add_argument_group("how AWS is reached")
    add = how.add_argument
    add("--profile", metavar="NAME", help="a profile of the AWS configuration")
    add("--role-arn", metavar="ARN", help="a role to assume first")
    add("--endpoint-url", metavar="URL", help="an AWS of one's own")
    add("--region", metavar="REGION", help="where the state names none")
    add("--max-concurrency", type=int, default=32, metavar="N", help="calls at a time (32)")
    return parser


def _names(given: list[str]) -> frozenset[str]:
    return frozenset(name.strip() for item in given for name in item.split(",") if name.strip())


def _shard(given: str | None) -> tuple[int, int] | None:
    if given is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", given)
    if not found or int(found[1]) > int(found[2]):
        raise UsageError(
            f"--shard {given}: no part of a whole\n\nhint: 1/4, 2/4, 3/4 and 4/4 are the parts of four"
        )
    return int(found[1]), int(found[2])


def _between(least: int, value: int, most: int, name: str) -> int:
    if not least <= value <= most:
        which = f"less than {least}" if value < least else f"more than {most:,}"
        raise UsageError(f"{name} {value} is {which}\n\nhint: write a number from {least} to {most:,}")
    return value
