"""Deploying one step of a rotation: its key, and nothing that nobody has looked at."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from s3_perimeter.commands.rotate.config_slots import read_slots, write_slots
from s3_perimeter.previews.deletions import Step
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.saying import note
from s3_perimeter.stack.config_file import ConfigFile

__all__ = ["deploy_slots", "other_changes"]

KEY_TYPE = "aws:iam/accessKey:AccessKey"
UNCHANGED = ("same", "read", "read-discard", "refresh")
MOST_SHOWN = 6


def deploy_slots(
    arguments: argparse.Namespace, file: ConfigFile, user: str, slots: Sequence[str], present: Iterable[str]
) -> None:
    """Give the user these slots in the config, and deploy that.

    Previews first. Raises CommandError where the deployment would change anything but the user's keys, or the
    pack refuses it: nothing is deployed then, and the config is as it was. Where `pulumi up` itself fails,
    the config stays changed, and running again goes on.
    """
    from s3_perimeter.previews.packs import own_packs, pack_words
    from s3_perimeter.previews.preview import preview
    from s3_perimeter.stack.pulumi import run_pulumi

    packs = own_packs(arguments.cwd)
    before = file.text
    written = tuple(slots) != read_slots(file, user)
    try:
        if written:
            write_slots(file, user, slots)
        note("previewing with `pulumi preview` …")
        found = preview(arguments.stack, arguments.cwd, packs)
        _refuse(found.mandatory, other_changes(found.steps, user, slots, present), arguments.stack)
    except BaseException:
        if written:
            file.put(before)
        raise
    note("deploying with `pulumi up` …")
    run_pulumi(
        [
            *("up", "--yes", "--skip-preview", "--stack", arguments.stack),
            *pack_words(packs),
        ],
        stack=arguments.stack,
        directory=arguments.cwd,
    )


def _refuse(mandatory: bool, others: Sequence[str], stack: str) -> None:
    """Raise CommandError where this is not the rotation's own step alone."""
    review = f"look at it with `perimeter plan --stack {stack}`"
    if others:
        more = f" and {len(others) - MOST_SHOWN} more" if len(others) > MOST_SHOWN else ""
        raise CommandError(
            "other changes are pending in this stack, and a rotation deploys its key alone; nothing was "
            f"changed: {', '.join(others[:MOST_SHOWN])}{more}",
            f"{review}, deploy it with `pulumi up --stack {stack}`, then rotate",
            "how-to/rotate-a-key.md",
        )
    if mandatory:
        raise CommandError(
            "the policy pack refuses the deployment; nothing was changed", review, "how-to/enforce-in-ci.md"
        )


def other_changes(
    steps: Iterable[Step], user: str, slots: Sequence[str], present: Iterable[str]
) -> list[str]:
    """Return what a preview would change in addition to the access keys that the rotation makes or
    deletes.
    """
    there = set(present)
    expected = {
        *(("create", slot) for slot in set(slots) - there),
        *(("delete", slot) for slot in there - set(slots)),
    }
    found: dict[str, None] = {}
    for step in steps:
        name = step.urn.rpartition("::")[2]
        own = step.type == KEY_TYPE and any(
            step.op == op and name.endswith(f"-{user}-{slot}") for op, slot in expected
        )
        if step.op not in UNCHANGED and not own:
            found[f"{step.op} {step.type.rpartition(':')[2]} {name}"] = None
    return list(found)
