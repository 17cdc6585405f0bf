"""`perimeter verify`: try the deployed bucket with real requests, from inside and from outside."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from s3_perimeter.options.stack import add_person_arguments, add_stack_arguments
from s3_perimeter.reporting.commandline import seconds, url
from s3_perimeter.stack.deployed import read_stack

if TYPE_CHECKING:
    from s3_perimeter.commands.verify.probe import Probe
    from s3_perimeter.commands.verify.verification import Verification
    from s3_perimeter.stack.deployed import Role, User

__all__ = ["configure", "run"]

EPILOG = """\
The command asks AWS whose credentials these are, and stops if AWS does not know them. Then it makes requests
with the user's own access key, or with a session of the role. It writes one object below
`.s3-perimeter-verify/`, and removes every version of it, even if it is interrupted.

It tests the Deny from outside through OUTSIDE_ENDPOINT_URL (set by `make env`), a proxy, or a profile whose
`endpoint_url` or settings lead outside. Without any of these it asks IAM's policy simulator.

Exit code: 0 every check passed, 1 one failed, 2 one could not be determined.

examples:
  perimeter verify --stack dev
  perimeter verify --stack dev --proxy http://proxy.example.com:3128
  perimeter verify --stack dev --user kenji --format junit --output verify.xml
  perimeter verify --stack dev --role analyst --role-profile data
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser)
    add_person_arguments(
        parser,
        "whose key to use (default: the only user's)",
        "the role whose session to use instead of a key",
        "the newer, once the person has used it",
    )
    parser.add_argument(
        "--role-profile",
        metavar="NAME",
        help="the profile that signs in as the role (default: your own credentials assume it)",
    )
    parser.add_argument(
        "--proxy", action="append", type=url, default=[], metavar="URL", help="a proxy outside the allow-list"
    )
    parser.add_argument(
        "--via-profile",
        action="append",
        default=[],
        metavar="NAME",
        help="a profile that leads outside the allow-list",
    )
    parser.add_argument(
        "--outside-endpoint",
        action="append",
        type=url,
        default=[],
        metavar="URL",
        help="an endpoint reached from outside the allow-list",
    )
    parser.add_argument(
        "--wait-logs",
        type=seconds(0, 86_400),
        default=0.0,
        metavar="SECONDS",
        help="wait up to this long for this run's requests to appear in the access logs (default: 0)",
    )
    parser.add_argument(
        "--profile", metavar="NAME", help="your own AWS profile, to remove the test object and to read logs"
    )
    parser.add_argument("--format", choices=("text", "json", "junit"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Make the checks, remove the probe, and report."""
    from s3_perimeter.aws import Aws, who_is
    from s3_perimeter.commands.verify.outside import outsides
    from s3_perimeter.commands.verify.probe import Probe, ends_in_order
    from s3_perimeter.commands.verify.results import exit_code
    from s3_perimeter.commands.verify.role_session import assumed_by, of_profile
    from s3_perimeter.commands.verify.verification import Verification
    from s3_perimeter.commands.verify.which_key import key_to_verify
    from s3_perimeter.reporting.errors import CommandError
    from s3_perimeter.reporting.progress import Progress
    from s3_perimeter.stack.people import entry_of

    if (arguments.role_profile and not arguments.role) or (arguments.role and arguments.slot):
        raise CommandError("--role-profile goes with --role, and --slot with --user")
    stack = read_stack(arguments.stack, directory=arguments.cwd, secrets=not arguments.role)
    operator = Aws(profile=arguments.profile, region=stack.region)
    user: User | Role
    if arguments.role:
        user = stack.role(arguments.role)
        who_is("the operator", operator)
        keys = (
            of_profile(arguments.role_profile, user, stack.region)
            if arguments.role_profile
            else assumed_by(operator, user)
        )
    else:
        user = stack.user(arguments.user)
        key = key_to_verify(operator, user, arguments.slot)
        keys = (key.id, key.secret or "")
    owner = {"ExpectedBucketOwner": stack.account} if stack.account else {}
    probe = Probe(operator, stack.bucket, owner, str(entry_of(stack.config, user).get("prefix") or ""))
    with Progress("verifying") as shown, ends_in_order():
        verification = Verification(
            stack,
            user,
            keys,
            operator,
            outsides(arguments),
            arguments.wait_logs,
            lambda result: shown.update(result.tried),
            assumed=bool(arguments.role) and not arguments.role_profile,
        )
        shown.update("asking AWS who we are")
        verification.who_are_we()
        try:
            verification.run(probe)
        except CommandError:
            if probe.written:
                _leave_nothing(verification, probe)
            raise
        except BaseException:
            _leave_nothing(verification, probe)
            raise
        _leave_nothing(verification, probe)
    _write(arguments, verification)
    return exit_code(verification.results)


def _leave_nothing(verification: Verification, probe: Probe) -> None:
    """Remove the probe with all of its versions, undisturbed, and note whether that worked."""
    import time

    from s3_perimeter.commands.verify.probe import undisturbed
    from s3_perimeter.reporting.errors import CommandError
    from s3_perimeter.reporting.output import count

    since = time.monotonic()
    check = ("every version of the test object, at the end", "removed")
    with undisturbed():
        try:
            left = probe.remove()
        except CommandError as error:
            detail = f"{error.problem}; the probe is {probe.key}"
            verification.note("nothing-left", *check, "unknown", detail, since)
            return
        seen = f"{count(left, 'version')} left" if left else "removed"
        verification.note("nothing-left", *check, "failed" if left else "passed", seen, since)


def _write(arguments: argparse.Namespace, verification: Verification) -> None:
    """Write the results in the form asked for."""
    from s3_perimeter.commands.verify.render import as_junit, as_table, results_json
    from s3_perimeter.reporting.output import print_result

    stack, user, results = verification.stack, verification.user, verification.results
    if arguments.format == "json":
        text = results_json(results, stack.name, stack.bucket, user)
    elif arguments.format == "junit":
        text = as_junit(results, stack.name)
    else:
        text = as_table(results, stack.name, stack.bucket)
    print_result(text, arguments.format)
