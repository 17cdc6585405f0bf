"""`perimeter report`: one page about a stack for a security reviewer."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from s3_perimeter.stack.deployed import add_stack_arguments, read_stack

__all__ = ["configure", "run"]

EPILOG = """\
The page is one file without scripts or anything from elsewhere: it can be mailed, printed to PDF, and
archived. Exit code 1 says that the policy lets somebody in from outside, or that the live stack differs from
the deployed one.

example:
  perimeter report --stack dev -o report.html
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser)
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help="write the page there (default: report.html)",
    )
    parser.add_argument(
        "--owner", default="", metavar="NAME", help="who answers for the bucket (default: the tag `owner`)"
    )
    parser.add_argument("--no-drift", action="store_true", help="do not ask AWS whether anything has changed")
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile that the drift check reads with")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="what is printed beside the page"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the page, and say what it found."""
    from s3_perimeter.commands.report.facts import Drift, drift_of, facts_of
    from s3_perimeter.commands.report.page import as_page
    from s3_perimeter.reporting.output import as_json, write_file
    from s3_perimeter.reporting.progress import Progress

    with Progress("report") as progress:
        stack = read_stack(arguments.stack, directory=arguments.cwd)
        progress.tell("checking for drift")
        drift = Drift("not asked")
        if not arguments.no_drift:
            drift = drift_of(arguments.stack, arguments.cwd, arguments.profile, stack.region)
        facts = facts_of(stack, drift, datetime.now(UTC), arguments.owner)
    write_file(arguments.output, as_page(facts))
    stack.say_warnings()
    verdict = facts.proof.verdict.value
    if arguments.format == "json":
        print(
            as_json(
                {
                    "file": str(arguments.output),
                    "verdict": verdict,
                    "drift": drift.status,
                    "sha256": facts.digest,
                }
            )
        )
    else:
        print(f"{arguments.output}: {verdict}, drift: {drift.status}")
    if verdict == "escape" or drift.status == "drift":
        return 1
    return 2 if "unknown" in (verdict, drift.status) else 0
