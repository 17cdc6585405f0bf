"""`perimeter denied`: whose requests are denied, read from the server access logs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from s3_perimeter.options.allow import add_allow
from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.reporting.commandline import whole_number
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import Stack, read_stack

__all__ = ["configure", "run"]

EPILOG = """\
Addresses are shown as S3 logged them. --since is rounded down to a full hour, UTC. S3 delivers logs minutes
to hours late.

Exit code: 0 no request was denied, 1 one was (or, with --unused, an entry is unused), 2 it could not be
determined.

examples:
  perimeter denied --stack dev --since 7d
  perimeter denied --stack dev --unused
  perimeter denied --stack dev --athena > question.sql
  perimeter denied --logs ./logs --allow 203.0.113.0/24
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser, required=False)
    parser.add_argument(
        "--logs", type=Path, nargs="+", action="extend", default=[], metavar="PATH",
        help="read these files or folders instead of the stack's log bucket; `-` is standard input",
    )  # fmt: skip
    add_allow(parser, "the allow-list, if no stack is given")
    parser.add_argument(
        "--user",
        nargs="+",
        action="extend",
        default=[],
        metavar="ARN",
        help="the ARNs of your users, if no stack is given",
    )
    parser.add_argument(
        "--since",
        metavar="WHEN",
        help="how far to read back: 12h, 7d, 2w or 2026-11-01 (default: 7d; with --unused 90d)",
    )
    parser.add_argument(
        "--unused", action="store_true", help="list the entries of the allow-list that nobody used"
    )
    parser.add_argument(
        "--athena", action="store_true", help="print the queries as SQL for Athena, and read no logs"
    )
    parser.add_argument(
        "--top",
        type=whole_number(1, 1_000_000, "rows"),
        default=20,
        metavar="N",
        help="number of rows to print as text (default: 20)",
    )
    parser.add_argument(
        "--jobs",
        type=whole_number(0, 256, "processes"),
        default=0,
        metavar="N",
        help="number of processes (default: one per core)",
    )
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile that may read the log bucket")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Read the logs and report who was denied, or which entries nobody used."""
    from s3_perimeter.access_logs.scan import scan
    from s3_perimeter.access_logs.sources import logs_of
    from s3_perimeter.access_logs.times import hour_of, since_when
    from s3_perimeter.commands.denied.fence import fence_of

    if not arguments.stack and not arguments.logs:
        raise CommandError("there is nothing to read", "name a stack with --stack, or logs with --logs")
    since = since_when(arguments.since or ("90d" if arguments.unused else "7d"), datetime.now(UTC))
    stack = read_stack(arguments.stack, directory=arguments.cwd) if arguments.stack else None
    fence = fence_of(stack, arguments)
    if arguments.athena:
        return _print_sql(stack, since, fence.entries, unused=arguments.unused)
    source = logs_of(stack, arguments.logs, since, arguments.profile)
    tally = scan(source, "seen" if arguments.unused else "refused", hour_of(since), arguments.jobs)
    from s3_perimeter.commands.denied.coverage import refuse_no_log
    from s3_perimeter.commands.denied.judge import denials, used_entries
    from s3_perimeter.commands.denied.render import denied_report, unused_report

    refuse_no_log(tally)
    if arguments.unused:
        return unused_report(used_entries(tally, fence.entries), fence, tally, since, arguments.format)
    found = denials(tally, fence.lists(tally.changed), fence.users)
    return denied_report(found, tally, since, arguments.format, arguments.top, arguments.stack)


def _print_sql(stack: Stack | None, since: datetime, entries: tuple[str, ...], *, unused: bool) -> int:
    """Print the SQL of the question over the stack's log bucket."""
    from s3_perimeter.commands.denied.athena import athena_sql

    if stack is None:
        raise CommandError("--athena needs the log bucket of a stack", "name the stack with --stack")
    bucket, prefix, _ = stack.log_place
    print(athena_sql(bucket, prefix, since, entries, unused=unused), end="")
    return 0
