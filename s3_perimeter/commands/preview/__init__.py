"""`perimeter preview`: a preview with the policy pack, and its violations in a form that CI can show, with
what the engine would take off a bucket that stays.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Final

from s3_perimeter.commands.preview.render import render
from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.previews.packs import add_pack_arguments, chosen_packs, packs_sentence
from s3_perimeter.previews.preview import preview
from s3_perimeter.reporting.output import print_result
from s3_perimeter.reporting.saying import note
from s3_perimeter.stack.config_file import project_file

__all__ = ["FORMATS", "configure", "run"]

FORMATS: Final = ("text", "json", "sarif", "junit", "markdown")
EPILOG: Final = """\
Policy packs do not see deletions. In addition to the pack's violations, this command refuses a preview that
removes the policy, public-access block, ownership, encryption, versioning or logging from a bucket that
stays. Renaming one of these resources without an alias does that.

Exit code: 0 no mandatory violation, 1 a mandatory violation, 2 the preview itself failed and nothing was
judged.

example:
  perimeter preview --stack dev --format sarif --output policy.sarif
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_stack_arguments(parser)
    add_pack_arguments(parser)
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how the result is written (default: text)"
    )
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Preview and report; 0 without a mandatory violation, 1 with one."""
    packs = chosen_packs(arguments)
    program = project_file(arguments.cwd)
    # The engine's own words go to standard error: standard output is for the report.
    violations = preview(arguments.stack, arguments.cwd, packs, hear=note).violations
    # As CI knows the file: relative to where the command runs, where that is possible.
    report = render(violations, arguments.format, Path(os.path.relpath(program)).as_posix(), packs)
    if arguments.format not in (
        "text",
        "markdown",
    ):  # the documented shapes of the others have no place for it
        note(packs_sentence(packs))
    print_result(report, arguments.format)
    return 1 if any(found.level == "mandatory" for found in violations) else 0
