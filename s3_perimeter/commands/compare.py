"""`perimeter compare`: which requests two bucket policies treat differently, by meaning, not by text."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from s3_perimeter.options.bucket import add_bucket_arguments, mistakes_in_place
from s3_perimeter.options.policy_files import add_rcp_argument, read_policy, read_rcps
from s3_perimeter.reporting.errors import CommandError, refuse

if TYPE_CHECKING:
    from s3_perimeter.comparison import Comparison

__all__ = ["configure", "run"]

EPILOG = """\
A request is opened if the new policy no longer denies it, or newly allows it; closed is the reverse.

Exit code: 0 the policies mean the same, 1 they differ, 2 it could not be determined.

examples:
  perimeter compare old.json new.json --bucket my-bucket
  perimeter compare policy.json policy.json --bucket my-bucket --old-rcp old-rcp.json --new-rcp new-rcp.json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("old", metavar="OLD", help="the old bucket policy; `-` is standard input")
    parser.add_argument("new", metavar="NEW", help="the new bucket policy; `-` is standard input")
    add_bucket_arguments(parser, "the bucket that both policies are for", required=True)
    for which in ("old", "new"):
        about = (
            f"resource control policies that apply in addition to {which.upper()}; write this option after "
            "OLD and NEW"
        )
        add_rcp_argument(parser, f"--{which}-rcp", about)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Compare the two policies; print what the new one opens and closes."""
    from s3_perimeter.comparison import compare
    from s3_perimeter.documents.document import PolicyDocument, PolicyError
    from s3_perimeter.documents.nodes import visible
    from s3_perimeter.reporting.output import as_json, print_result

    refuse(mistakes_in_place(arguments))
    if [arguments.old, arguments.new, *arguments.old_rcp, *arguments.new_rcp].count("-") > 1:
        raise CommandError("standard input can be used for one policy only")
    policies = []
    for name in (arguments.old, arguments.new):
        try:
            policies.append(PolicyDocument.parse(read_policy(name)))
        except PolicyError as error:
            raise CommandError(f"`{visible(name)}` is not a bucket policy: {error}") from error
    found = compare(
        *policies,
        bucket=arguments.bucket,
        account=arguments.account,
        partition=arguments.partition,
        old_rcps=read_rcps(arguments.old_rcp),
        new_rcps=read_rcps(arguments.new_rcp),
    )
    if arguments.format == "json":
        print_result(as_json(found.as_json()), "json")
    else:
        print_result(_text(found))
    return 2 if found.undecided else 0 if found.equal else 1


def _text(found: Comparison) -> str:
    """Return what a change opens and closes."""
    from s3_perimeter.documents.nodes import visible
    from s3_perimeter.reporting.output import paint
    from s3_perimeter.reporting.verdicts import bullets, networks_words, sentence

    if found.undecided:
        return "\n".join(
            [paint("unknown: the policies could not be compared", "warn"), *bullets(found.undecided)]
        )
    if found.equal:
        return paint("equal: no request is treated differently", "good")
    lines: list[str] = []
    for word, witnesses, networks in (
        ("opened", found.opened, found.opened_networks),
        ("closed", found.closed, found.closed_networks),
    ):
        if witnesses:
            lines.append(paint(word, "bad" if word == "opened" else "warn") + f": {networks_words(networks)}")
            for witness in witnesses:
                lines += [f"  {sentence(witness)}", f"    {visible(witness.because)}"]
                lines.append(f"    fix: {visible(witness.fix)}")
    if found.unmodelled:
        lines += ["remaining risks and assumptions:", *bullets(found.unmodelled)]
    return "\n".join(lines)
