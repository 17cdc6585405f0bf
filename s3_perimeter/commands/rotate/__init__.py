"""`perimeter rotate`: replace a user's access key without an interruption, one step per run."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.output import as_json, print_result
from s3_perimeter.stack.deployed import Stack, User, read_stack

if TYPE_CHECKING:
    from s3_perimeter.aws import Aws
    from s3_perimeter.commands.rotate.steps import KeyState, Step

__all__ = ["configure", "run"]

EPILOG = """\
Without --yes the command only shows the next step. With --yes each run takes one step, and can be
interrupted and run again. The steps: create a second key (config and `pulumi up`), hand it over (`perimeter
credentials`), wait until the new key is used and the old one is not, deactivate the old key, delete it
(config and `pulumi up`). Until the old key is deleted, --reactivate activates it again.

A step that deploys runs a preview first, and is refused if anything except the key would change: review and
deploy that change separately. Exit code 1 means that the command waits for a person.

examples:
  perimeter rotate --stack dev --user kenji
  perimeter rotate --stack dev --user kenji --yes
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser)
    parser.add_argument("--user", "-u", metavar="NAME", help="whose key (default: the only user's)")
    parser.add_argument("--yes", "-y", action="store_true", help="take the next step")
    parser.add_argument(
        "--quiet-for", metavar="SPAN", default="1d", help="how long the old key must be unused (default: 1d)"
    )
    parser.add_argument(
        "--force", action="store_true", help="do not wait until the new key is used and the old one is not"
    )
    parser.add_argument("--reactivate", action="store_true", help="activate the deactivated key again")
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile that may manage the user's keys")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Take the next step, or say what it is."""
    from s3_perimeter.access_logs.times import span_of
    from s3_perimeter.aws import Aws
    from s3_perimeter.commands.rotate.config_slots import read_slots
    from s3_perimeter.commands.rotate.deploying import deploy_slots
    from s3_perimeter.commands.rotate.steps import next_step
    from s3_perimeter.stack.config_file import ConfigFile, find_config_file

    quiet = span_of(arguments.quiet_for)
    if quiet is None:
        raise CommandError(f"--quiet-for: `{arguments.quiet_for}` is not a time span", "write 12h, 7d or 2w")
    stack = read_stack(arguments.stack, directory=arguments.cwd)
    user = stack.user(arguments.user)
    operator = Aws(profile=arguments.profile, region=stack.region)
    keys = _key_states(operator, user)
    if arguments.reactivate:
        return _reactivate(arguments, operator, user, keys)
    file = ConfigFile.read(find_config_file(arguments.stack, arguments.cwd))
    step = next_step(
        read_slots(file, user.name),
        keys,
        now=datetime.now(UTC),
        quiet=quiet,
        force=arguments.force,
    )
    done = arguments.yes and step.action not in ("hand-over", "wait")
    if done:
        if step.action == "deactivate":
            _set_active(operator, user, step.key, active=False)
        else:
            deploy_slots(arguments, file, user.name, step.slots, [key.slot for key in keys])
    _report(arguments, stack, user, step, done=done)
    return 1 if step.action in ("hand-over", "wait") else 0


def _key_states(operator: Aws, user: User) -> list[KeyState]:
    """Return the deployed keys as IAM knows them; one that is not there any more is left out. Raises
    CommandError.
    """
    from s3_perimeter.commands.rotate.steps import KeyState

    iam = operator.client("iam")
    with operator.words_for(f"reading the access keys of {user.iam_name}"):
        listed: dict[str, Mapping[str, Any]] = {
            key["AccessKeyId"]: key
            for key in iam.list_access_keys(UserName=user.iam_name)["AccessKeyMetadata"]
        }
        if strangers := set(listed) - {key.id for key in user.keys}:
            raise CommandError(
                f"user {user.iam_name} has access keys that are not in the stack: "
                f"{', '.join(sorted(strangers))}",
                f"delete them (`aws iam delete-access-key --user-name {user.iam_name} --access-key-id …`), or"
                " `pulumi refresh`: IAM allows two keys, and a rotation needs both",
            )
        return [
            KeyState(
                key.slot,
                key.id,
                listed[key.id]["Status"] == "Active",
                listed[key.id]["CreateDate"],
                iam.get_access_key_last_used(AccessKeyId=key.id)["AccessKeyLastUsed"].get("LastUsedDate"),
            )
            for key in user.keys
            if key.id in listed
        ]


def _reactivate(arguments: argparse.Namespace, operator: Aws, user: User, keys: list[KeyState]) -> int:
    """Take every inactive key back into use."""
    asleep = [key for key in keys if not key.active]
    if not asleep:
        raise CommandError(f"user `{user.name}` has no inactive access key", "there is no key to reactivate")
    for key in asleep:
        if arguments.yes:
            _set_active(operator, user, key, active=True)
        print_result(f"{'took' if arguments.yes else 'next: take'} {key.id} (slot {key.slot}) back into use")
    return 0


def _set_active(operator: Aws, user: User, key: KeyState | None, *, active: bool) -> None:
    """Switch a key on or off."""
    if key is not None:
        with operator.words_for(f"switching access key {key.id}"):
            operator.client("iam").update_access_key(
                UserName=user.iam_name, AccessKeyId=key.id, Status="Active" if active else "Inactive"
            )


def _report(arguments: argparse.Namespace, stack: Stack, user: User, step: Step, *, done: bool) -> None:
    """Say what was done and what comes next."""
    again = f"perimeter rotate --stack {stack.reference} --user {user.name} --yes"
    after = {
        "create": f"hand it over: perimeter credentials --stack {stack.reference} --user {user.name}"
        f" --slot {step.slots[-1] if step.slots else ''} --csv FILE",
        "deploy": again,
        "hand-over": f"perimeter credentials --stack {stack.reference} --user {user.name}"
        f" --slot {step.key.slot if step.key else ''} --csv FILE",
        "wait": again,
        "deactivate": f"{again}   (deletes it; or --reactivate)",
        "delete": "nothing: the rotation is complete",
    }[step.action]
    if not done and step.action not in ("hand-over", "wait"):
        after = again
    if arguments.format == "json":
        answer = {"user": user.name, "step": step.action, "says": step.says, "done": done, "next": after}
        print_result(as_json(answer), "json")
        return
    print_result(f"{'completed step' if done else 'next step'}: {step.says}\nthen: {after}")
