"""`perimeter report`: one page about a stack for a security reviewer."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from s3_perimeter.options.policy_files import add_rcp_argument, read_rcps
from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.stack.deployed import read_stack

__all__ = ["configure", "run"]

EPILOG = """\
The page is one file without scripts or external content, which you can mail, print to PDF and archive.

Exit code: 1 the policy does not deny every request from outside, or AWS differs from the deployed stack; 2
one of the two could not be determined; 0 otherwise.

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
        help="write the page to FILE (default: report.html)",
    )
    parser.add_argument(
        "--owner",
        default="",
        metavar="NAME",
        help="who is responsible for the bucket (default: the tag `owner`)",
    )
    parser.add_argument(
        "--no-drift", action="store_true", help="skip the drift check, which asks AWS what has changed"
    )
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile that the drift check reads with")
    add_rcp_argument(
        parser,
        help="resource control policies that apply to the bucket's account; the page shows both layers",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how the summary is printed (default: text)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the page, and say what it found."""
    from s3_perimeter.commands.report.facts import Drift, drift_of, facts_of
    from s3_perimeter.commands.report.page import as_page
    from s3_perimeter.reporting.output import as_json, print_result, write_file
    from s3_perimeter.reporting.progress import Progress

    with Progress("report") as progress:
        stack = read_stack(arguments.stack, directory=arguments.cwd)
        progress.update("checking for drift")
        drift = Drift("not asked")
        if not arguments.no_drift:
            drift = drift_of(arguments.stack, arguments.cwd, arguments.profile, stack.region)
        facts = facts_of(stack, drift, datetime.now(UTC), arguments.owner, read_rcps(arguments.rcp))
    write_file(arguments.output, as_page(facts))
    stack.say_warnings()
    verdict = facts.proof.verdict.value
    if arguments.format == "json":
        made = {
            "file": str(arguments.output),
            "verdict": verdict,
            "drift": drift.status,
            "sha256": facts.digest,
        }
        print_result(as_json(made), "json")
    else:
        print_result(f"{arguments.output}: {verdict}, drift: {drift.status}")
    if verdict == "escape" or drift.status == "drift":
        return 1
    return 2 if "unknown" in (verdict, drift.status) else 0
