"""`perimeter check`: prove that bucket policies deny every request from outside an allow-list, or show one
that gets through.
"""

from __future__ import annotations

import argparse
import os.path
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from s3_perimeter.options.allow import add_allow, allow_of
from s3_perimeter.options.bucket import add_bucket_arguments, mistakes_in_place
from s3_perimeter.options.policy_files import add_rcp_argument, read_policy, read_rcps
from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.reporting.errors import CommandError, refuse
from s3_perimeter.reporting.saying import note

if TYPE_CHECKING:
    from s3_perimeter.commands.check.judged import Judged
    from s3_perimeter.fence import Perimeter

__all__ = ["configure", "run"]

EPILOG = """\
A FILE is a bucket policy as JSON. Either name files together with --bucket and --allow, or a deployed stack
with --stack. Checking files needs neither AWS nor Pulumi.

With --rcp, the Denies of the organization's resource control policies count as well, and the result says
which layer is sealed by itself. With --rcp and without a FILE, the command checks a bucket that has no
policy yet.

A FILE that cannot be read, that S3 would reject or that is for another bucket is not judged. Its verdict is
`unknown`, with the reason; in JSON that is `error`.

Exit code: 1 a request from outside gets through in at least one policy, even if others are unknown; 2 none
does, and at least one policy is unknown; 0 every policy is proved. Lock-outs, and Allows that nobody can ever
use because of the Denies, are reported and do not change the exit code.

examples:
  perimeter check policy.json --bucket my-bucket --allow 203.0.113.0/24 2001:db8:1234::/48
  aws s3api get-bucket-policy --bucket my-bucket --query Policy --output text \\
    | perimeter check - --bucket my-bucket --allow 203.0.113.0/24
  perimeter check policy.json --bucket my-bucket --allow 203.0.113.0/24 --rcp organization.json
  perimeter check --stack dev
"""

NO_POLICY = "no bucket policy"
"""What stands for a file where a bucket without a policy is judged."""
_AS_DEPLOYED = (
    "this is the policy as it was last deployed; `pulumi plugin run drift-check` shows what AWS has now"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument("files", nargs="*", metavar="FILE", help="a bucket policy; `-` is standard input")
    add_bucket_arguments(parser, "the bucket that the policies are for")
    add_allow(parser, "the allowed networks")
    parser.add_argument(
        "--vpc-endpoint",
        action="append",
        default=[],
        metavar="ID",
        help="exempt a VPC endpoint (vpce-…), or all endpoints of an organization (o-…), of an account (its "
        "id) or of a VPC (its ARN)",
    )
    parser.add_argument(
        "--break-glass", action="append", default=[], metavar="ARN", help="exempt a user or role"
    )
    parser.add_argument("--trust-aws-services", action="store_true", help="exempt AWS service principals")
    add_rcp_argument(parser)
    add_stack_arguments(
        parser, required=False, help="check the deployed policy of this stack by the stack's config"
    )
    parser.add_argument("--format", choices=("text", "json", "sarif", "junit"), default="text")
    parser.add_argument(
        "--fix-snippet",
        action="store_true",
        help="also print the Deny for this bucket and allow-list as JSON to paste (text, json)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge every file, or a stack; print what was found."""
    from s3_perimeter.commands.check.judged import exit_code

    judged, perimeter = _stack(arguments) if arguments.stack else _files(arguments)
    fix = None
    if arguments.fix_snippet:
        from s3_perimeter.build import deny_statements

        fix = deny_statements(perimeter)
    print(_rendered(judged, arguments.format, fix))
    if fix is None and arguments.format == "text" and any(each.verdict == "escape" for each in judged):
        note("hint: --fix-snippet prints the Deny for this bucket and allow-list, to paste into a policy")
    return exit_code(judged)


def _files(arguments: argparse.Namespace) -> tuple[list[Judged], Perimeter]:
    """Judge the files named; return what was found and what they were judged by."""
    from s3_perimeter.commands.check.judged import Judged
    from s3_perimeter.documents.document import PolicyDocument
    from s3_perimeter.errors import PerimeterError
    from s3_perimeter.proof.bucket import Bucket, unrelated
    from s3_perimeter.theorem import prove

    allow, files = _sorted_out(arguments.allow, arguments.files)
    if [*files, *arguments.rcp].count("-") > 1:
        raise CommandError("standard input can be used for one policy only")
    rcps = read_rcps(arguments.rcp)
    if not files and not rcps:
        raise CommandError(
            "there is nothing to check",
            "name a file, `-` for standard input, or --stack NAME",
            "how-to/check-policies.md",
        )
    perimeter = _perimeter(arguments, allow)
    judged = []
    for name in files:
        try:
            policy = PolicyDocument.parse(read_policy(name))
            other = unrelated(policy, Bucket.of(perimeter))
            if other:
                judged.append(Judged(name, error=str(other)))
            else:
                judged.append(Judged.proved(name, policy, prove(policy, perimeter, rcps=rcps)))
        except (CommandError, PerimeterError) as error:
            judged.append(Judged.unreadable(name, error))
    if not files:
        judged.append(Judged(NO_POLICY, prove(None, perimeter, rcps=rcps)))
    return judged, perimeter


def _sorted_out(allow: Iterable[str], files: Iterable[str]) -> tuple[list[str], list[str]]:
    """Separate networks from files: a file that follows `--allow CIDR` is taken for another network by
    argparse.
    """
    networks: list[str] = []
    names = list(files)
    for item in allow:
        is_file = item == "-" or item.endswith(".json") or os.path.isfile(item)  # noqa: PTH113 (likewise)
        (names if is_file else networks).append(item)
    return networks, names


def _perimeter(arguments: argparse.Namespace, allow: list[str]) -> Perimeter:
    """Return the perimeter that the options describe; CommandError lists every mistake in them."""
    from s3_perimeter.fence import Perimeter

    mistakes = mistakes_in_place(arguments)
    allowed = allow_of(allow, mistakes)
    vpc_endpoints, break_glass = _exemptions(arguments, mistakes)
    refuse(mistakes)
    return Perimeter(
        bucket=arguments.bucket,
        allowed=allowed,
        account=arguments.account,
        partition=arguments.partition,
        vpc_endpoints=vpc_endpoints,
        break_glass=break_glass,
        trust_aws_services=arguments.trust_aws_services,
    )


def _exemptions(
    arguments: argparse.Namespace, mistakes: list[tuple[str, str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the VPC endpoints and the principals that are exempt; mistakes in them are added."""
    if not (arguments.vpc_endpoint or arguments.break_glass):
        return (), ()  # what reads the stack's config takes longer to load than most checks
    from s3_perimeter.settings.exemptions import read_break_glass, read_vpc_endpoints
    from s3_perimeter.settings.report import Report

    endpoints, principals = Report("--vpc-endpoint"), Report("--break-glass")
    found = (
        read_vpc_endpoints(arguments.vpc_endpoint, endpoints),
        read_break_glass(arguments.break_glass, principals),
    )
    for report in (endpoints, principals):
        mistakes += [(f"{each.key}: {each.problem}", each.remedy) for each in report.mistakes]
    return found


def _stack(arguments: argparse.Namespace) -> tuple[list[Judged], Perimeter]:
    """Judge a stack's deployed policy by the stack's config, as it is now; return both."""
    from dataclasses import replace

    from s3_perimeter.commands.check.judged import Judged
    from s3_perimeter.documents.document import PolicyDocument, PolicyError
    from s3_perimeter.stack.deployed import read_stack
    from s3_perimeter.theorem import prove

    if arguments.files or arguments.allow or arguments.bucket:
        raise CommandError(
            "--stack takes policy, bucket and allow-list from the stack",
            "leave out FILE, --bucket and --allow",
        )
    stack = read_stack(arguments.stack, directory=arguments.cwd)
    stack.say_warnings()
    name = f"stack {stack.name}"
    perimeter = stack.settings.perimeter(
        account=stack.account, partition=stack.partition, bucket=stack.bucket
    )
    if stack.policy is None:
        problem = f"bucket `{stack.bucket}` has no policy in stack `{stack.name}`"
        return [Judged(name, error=problem)], perimeter
    try:
        policy = PolicyDocument.parse(stack.policy)
    except PolicyError as error:
        return [Judged.unreadable(name, error)], perimeter
    proof = prove(policy, perimeter, rcps=read_rcps(arguments.rcp))
    proof = replace(proof, residual=(*proof.residual, _AS_DEPLOYED))
    return [Judged.proved(name, policy, proof)], perimeter


def _rendered(judged: list[Judged], form: str, fix: list[dict[str, object]] | None) -> str:
    """Return the findings in a format, with the statements that correct them where they are given."""
    from s3_perimeter.reporting.output import as_json

    if form == "json":
        added = {"fix_statements": fix} if fix else {}
        return as_json([{**each.as_json(), **added} for each in judged])
    if form == "sarif":
        from s3_perimeter.commands.check.sarif import judged_sarif

        return as_json(judged_sarif(judged))
    if form == "junit":
        from s3_perimeter.commands.check.junit import judged_junit

        return judged_junit(judged)
    from s3_perimeter.reporting.wrapping import wrapped

    if len(judged) == 1:
        from s3_perimeter.commands.check.text import judged_text

        text = judged_text(judged[0])
    else:
        from s3_perimeter.commands.check.causes import many_text

        text = many_text(judged)
    if fix is None:
        return wrapped(text, sys.stdout)
    head = "The fix, to add to the list `Statement` of each policy that allows such requests:"
    found, last = (
        (text, []) if len(judged) == 1 else (text.rpartition("\n\n")[0], [text.rpartition("\n\n")[2]])
    )
    return "\n\n".join([wrapped(found, sys.stdout), wrapped(head, sys.stdout), as_json(fix), *last])
