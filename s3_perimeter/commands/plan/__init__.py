"""`perimeter plan`: the effect of a config change on who reaches the bucket, before it happens."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s3_perimeter.options.policy_files import add_rcp_argument, read_rcps
from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.previews.packs import add_pack_arguments, chosen_packs
from s3_perimeter.reporting.commandline import whole_number
from s3_perimeter.reporting.errors import CommandError, refuse
from s3_perimeter.reporting.output import print_result, write_file
from s3_perimeter.reporting.saying import note

if TYPE_CHECKING:
    from s3_perimeter.commands.plan.effect import Effect
    from s3_perimeter.previews.preview import Preview

__all__ = ["configure", "run"]

EPILOG = """\
The command runs a real preview with the policy pack, and changes nothing.

Exit code: 1 the pack refuses the plan, the plan deletes the policy or another safeguard of a bucket that
stays, or it locks out an address given with --from; 2 the preview failed, or it is not decided who gains or
loses access; 0 otherwise. Other lock-outs, and access logs that could not be read, are reported and do not
change the exit code.

examples:
  perimeter plan --stack dev
  perimeter plan --stack dev --from my-ip --format markdown --output comment.md --map map.svg
  perimeter plan --stack dev --logs ./access-logs ./cloudtrail
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser)
    add_pack_arguments(parser)
    parser.add_argument(
        "--from", dest="come_from", nargs="+", action="extend", default=[], metavar="ADDRESS",
        help="addresses that must stay allowed; `my-ip` stands for this machine's",
    )  # fmt: skip
    parser.add_argument(
        "--days",
        type=whole_number(1, 3_650, "days"),
        default=30,
        metavar="N",
        help="days of access logs to read (default: 30)",
    )
    parser.add_argument("--no-logs", action="store_true", help="do not read access logs")
    parser.add_argument(
        "--logs", type=Path, nargs="+", action="extend", default=[], metavar="PATH",
        help="read these files or folders instead of the stack's log bucket (S3 access logs, or CloudTrail "
        "logs with data events), and list every caller that the plan cuts off, with what each would need",
    )  # fmt: skip
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile that may read the log bucket")
    add_rcp_argument(
        parser,
        help="resource control policies that apply to the bucket's account; the result shows both layers",
    )
    parser.add_argument("--map", type=Path, metavar="FILE", help="write the address map to FILE as SVG")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Preview, compare by meaning, and report."""
    from s3_perimeter.previews.preview import preview

    if arguments.logs and arguments.no_logs:
        raise CommandError("--logs and --no-logs ask for opposite things", "leave one of them out")
    today = datetime.now(UTC).date()
    stay_inside = come_from(arguments)
    packs = chosen_packs(arguments)
    with ThreadPoolExecutor(2) as meanwhile:
        history = meanwhile.submit(_deployed_config, arguments)
        meanwhile.submit(_load_the_rest, arguments)
        found = preview(arguments.stack, arguments.cwd, packs)

    from s3_perimeter.commands.plan.effect import NO_POLICY, effect_of, seen_under
    from s3_perimeter.commands.plan.people import with_people
    from s3_perimeter.commands.plan.render import as_markdown, as_text, map_of
    from s3_perimeter.commands.plan.scripts import effect_json
    from s3_perimeter.commands.plan.standing import with_standing
    from s3_perimeter.stack.config import entries_of

    last = history.result()
    effect = effect_of(
        found,
        before=lambda: entries_of(last or {}),
        after=entries_of(found.config),
        today=today,
        come_from=stay_inside,
    )
    effect = with_people(effect, found, last)
    effect = with_standing(effect, found, arguments.stack, read_rcps(arguments.rcp))
    if arguments.logs:
        effect = _with_callers(effect, found, arguments)
    elif not arguments.no_logs and found.before is not None and found.after is not None:
        try:
            effect = replace(effect, seen=seen_under(_seen_in_logs(found, arguments), effect, arguments.days))
        except CommandError as error:
            effect = replace(effect, untold=(*effect.untold, f"who is in the access logs ({error.problem})"))
    render = {"text": as_text, "json": effect_json, "markdown": as_markdown}[arguments.format]
    said = render(effect, found.violations, arguments.stack, packs)
    print_result(said, arguments.format)
    if arguments.map and found.after is None:
        note(f"note: `{arguments.map}` was not written: {NO_POLICY}")
    elif arguments.map:
        write_file(arguments.map, map_of(effect).as_svg() + "\n")
    return 1 if found.mandatory or effect.unreachable else 2 if undecided(effect) else 0


def _load_the_rest(arguments: argparse.Namespace) -> None:
    """Load what is needed after the preview: that takes a while, and the engine takes longer."""
    for module in (
        "s3_perimeter.commands.plan.moved",
        "s3_perimeter.commands.plan.people",
        "s3_perimeter.commands.plan.render",
        "s3_perimeter.comparison",
        "s3_perimeter.documents.grammar",
    ):
        import_module(module)
    if arguments.no_logs:
        return
    from s3_perimeter.aws import Aws

    for module in (
        "s3_perimeter.access_logs.scan",
        "s3_perimeter.access_logs.sources",
    ):
        import_module(module)
    # The stack's region is not known yet. Making a client, for any, has the description of S3 read. What goes
    # wrong here goes wrong again where the logs are read, and is reported there.
    with suppress(CommandError):
        Aws(profile=arguments.profile, region="us-east-1").client("s3")


def undecided(effect: Effect) -> bool:
    """Whether the two policies could not be compared."""
    return any(reason.startswith("not decided") for reason in effect.untold)


def come_from(arguments: argparse.Namespace) -> list[str]:
    """Return the addresses and networks that have to stay inside; `my-ip` stands for this machine's. Raises
    CommandError.
    """
    from s3_perimeter.semantics.networks import NetworkError, read_network, split_list

    found: list[str] = []
    mistakes: list[tuple[str, str]] = []
    for text in split_list(arguments.come_from):
        if text == "my-ip":
            from s3_perimeter.own_address import SOURCES, agreed, ask_all

            found += [str(address) for address in agreed(ask_all(SOURCES, 5)).values() if address]
            continue
        try:
            read_network(text, bare=True)
        except NetworkError as error:
            mistakes.append((f"--from: {error.advice.problem}", error.advice.remedy))
        else:
            found.append(text)
    refuse(mistakes)
    return found


def _deployed_config(arguments: argparse.Namespace) -> Mapping[str, Any] | None:
    """Return the config of the last update; None where there was none, or the backend keeps no history."""
    from s3_perimeter.stack.pulumi import pulumi_json

    asked = ["stack", "history", "--json", "--page-size", "5", "--stack", arguments.stack]
    try:
        updates = pulumi_json(asked, stack=arguments.stack, directory=arguments.cwd, kind=list)
    except CommandError:
        return None
    for update in updates:
        if update.get("kind") == "update" and update.get("result") == "succeeded":
            return update.get("config") or {}
    return None


def _with_callers(effect: Effect, found: Preview, arguments: argparse.Namespace) -> Effect:
    """Return the effect with the callers in the files given whom the planned policy cuts off. Raises
    CommandError where a file cannot be read.
    """
    from s3_perimeter.access_logs.scan import scan
    from s3_perimeter.access_logs.sources import FileLogs
    from s3_perimeter.commands.plan.callers import callers_of, owner_in
    from s3_perimeter.documents.document import PolicyDocument

    if found.after is None:
        return effect
    tally = scan(FileLogs(tuple(arguments.logs)), "callers", 0)
    policy = PolicyDocument.parse(found.after)
    callers = callers_of(tally, policy, found.bucket, owner_in(found.planned.values()))
    return replace(effect, callers=callers, untold=(*effect.untold, *callers.untold))


def _seen_in_logs(found: Preview, arguments: argparse.Namespace) -> dict[str, int]:
    """Return every address that was allowed lately, with its requests. Raises CommandError where that cannot
    be read.
    """
    from s3_perimeter.access_logs.scan import scan
    from s3_perimeter.access_logs.sources import BucketLogs
    from s3_perimeter.access_logs.times import hour_of
    from s3_perimeter.aws import Aws

    if found.bucket not in found.logging:
        raise CommandError("the bucket has no access logs")
    bucket, prefix, flat = found.logging[found.bucket]
    since = datetime.now(UTC) - timedelta(days=arguments.days)
    logs = BucketLogs(Aws(profile=arguments.profile, region=found.region), bucket, prefix, since, flat)
    tally = scan(logs, "seen", hour_of(since))
    return {group[0].decode("ascii", "replace"): counted[0] for group, counted in tally.groups.items()}
