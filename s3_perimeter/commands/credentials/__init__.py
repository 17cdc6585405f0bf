"""`perimeter credentials`: hand a remote person their access key, safely."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from s3_perimeter.commands.credentials.role_profile import (
    BELONGING,
    WAYS,
    add_role_arguments,
    as_report,
    write_role_profile,
)
from s3_perimeter.options.stack import add_person_arguments, add_stack_arguments
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import AccessKey, Stack, User, read_stack

__all__ = ["configure", "run"]

EPILOG = """\
No secret is printed unless --print is given, and no file is overwritten.

The recipient of --encrypt-to is an age public key (`age1…`), an SSH public key (`ssh-ed25519 …`), a file with
one of these, the fingerprint or mail address of a PGP key, or a file with a PGP public key (`*.asc`).

A role has no key. Its profile says how the person signs in, with --source-profile, --sso-start-url,
--web-identity-token-file, --certificate or --credential-process.

Exit code 2 means that nothing was handed over.

examples:
  perimeter credentials --stack dev --user remote-user --profile dev-bucket
  perimeter credentials --stack dev --user kenji --csv kenji.csv.age --encrypt-to age1…
  perimeter credentials --stack dev --user kenji --print | wl-copy
  perimeter credentials --stack dev --role analyst --profile data \\
    --sso-start-url https://example.awsapps.com/start
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser)
    add_person_arguments(
        parser,
        "the remote person (default: the only one)",
        "a role, for people who sign in elsewhere and hold no key",
        "the newer",
    )
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument(
        "--profile",
        metavar="NAME",
        help="write a new profile of this name for the AWS CLI and SDKs on this machine (in other commands "
        "this option names a profile to use)",
    )
    form.add_argument("--csv", type=Path, metavar="FILE", help="write the same CSV file as the AWS console")
    form.add_argument("--print", action="store_true", help="print the key, for a password manager")
    parser.add_argument(
        "--encrypt-to", metavar="RECIPIENT", help="encrypt the key for an age or PGP recipient"
    )
    add_role_arguments(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="what is printed (default: text)"
    )
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        metavar="FILE",
        help="write the result to this new file, which only you can read",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write or print one access key."""
    if arguments.encrypt_to and arguments.profile:
        raise CommandError("a profile cannot be encrypted", "use --csv FILE or --print with --encrypt-to")
    if arguments.role:
        return _role_profile(arguments)
    for name, (flag, *_) in {**WAYS, **BELONGING, "who": ("--as",)}.items():
        if getattr(arguments, name):
            raise CommandError(f"{flag} says how a role's person signs in", "add --role NAME")
    stack = read_stack(arguments.stack, directory=arguments.cwd, secrets=True)
    user = stack.user(arguments.user)
    key = user.access_key(arguments.slot)
    if arguments.profile:
        from s3_perimeter.commands.credentials.profile import write_profile

        said = write_profile(arguments.profile, key, stack.region)
        _report(
            arguments,
            user,
            key,
            [f"{said}; try `aws s3 ls s3://{stack.bucket} --profile {arguments.profile}`"],
        )
        return 0
    return _hand_over(arguments, stack, user, key)


def _role_profile(arguments: argparse.Namespace) -> int:
    """Write a role's profile, which holds no secret."""
    if not arguments.profile or arguments.slot:
        raise CommandError(
            "a role has no access key to hand over", "write its profile for the AWS CLI with --profile NAME"
        )
    stack = read_stack(arguments.stack, directory=arguments.cwd)
    role = stack.role(arguments.role)
    done = write_role_profile(arguments, stack, role)
    _emit(arguments.output, f"{as_report(arguments, role, done)}\n".encode())
    return 0


def _hand_over(arguments: argparse.Namespace, stack: Stack, user: User, key: AccessKey) -> int:
    """Write the CSV file, or print the key; encrypted where that was asked for."""
    from s3_perimeter.commands.credentials.encrypt import encrypt
    from s3_perimeter.commands.credentials.forms import console_csv, for_password_manager
    from s3_perimeter.commands.credentials.private_file import write_new

    text = (
        console_csv(user.name, key)
        if arguments.csv
        else for_password_manager(arguments.format, stack, user, key)
    )
    content = encrypt(text.encode(), arguments.encrypt_to) if arguments.encrypt_to else text.encode()
    if arguments.csv:
        write_new(arguments.csv, content)
        _report(arguments, user, key, [f"{arguments.csv} contains it; only you can read the file"])
        return 0
    _emit(arguments.output, content)
    return 0


def _emit(output: Path | None, content: bytes) -> None:
    """Write to standard output, or into a new file that its owner alone can read."""
    from s3_perimeter.commands.credentials.private_file import write_new

    if output:
        write_new(output, content)
    else:
        sys.stdout.write(content.decode())


def _report(arguments: argparse.Namespace, user: User, key: AccessKey, done: list[str]) -> None:
    """Say what was written; never the secret."""
    said = f"access key {key.id} of {user.name} (slot {key.slot}): {'; '.join(done)}"
    if arguments.format == "json":
        from s3_perimeter.reporting.output import as_json

        said = as_json({"user": user.name, "slot": key.slot, "access_key_id": key.id, "done": done})
    _emit(arguments.output, f"{said}\n".encode())
