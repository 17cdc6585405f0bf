"""`perimeter preview`: a preview with the policy pack, and its violations in a form that CI can show, with
what the engine would take off a bucket that stays.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Final

from s3_perimeter.commands.preview.render import render
from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.previews.preview import preview
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.output import print_result
from s3_perimeter.reporting.saying import note

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
    parser.add_argument(
        "--policy-pack",
        type=Path,
        action="append",
        metavar="DIR",
        help="a policy pack's folder (default: `policies` if it exists, else the installed pack); may be "
        "repeated",
    )
    parser.add_argument(
        "--policy-pack-config",
        type=Path,
        action="append",
        metavar="FILE",
        help="a pack's config file; once for each pack, in the same order",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how the result is written (default: text)"
    )
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Preview and report; 0 without a mandatory violation, 1 with one."""
    program = (arguments.cwd or Path()).resolve()
    packs = [pack.resolve() for pack in arguments.policy_pack or [_own_pack(program)]]
    configs = [config.resolve() for config in arguments.policy_pack_config or []]
    _check(program, packs, configs)
    # The engine's own words go to standard error: standard output is for the report.
    violations = preview(arguments.stack, program, packs, configs, hear=note).violations
    report = render(violations, arguments.format, _project_file(program))
    print_result(report, arguments.format)
    return 1 if any(found.level == "mandatory" for found in violations) else 0


def _own_pack(program: Path) -> Path:
    """Return the pack of a program that names none: its own folder, else the pack of this package."""
    own = program / "policies"
    if own.is_dir():
        return own
    from s3_perimeter import policies

    return Path(next(iter(policies.__path__)))


def _check(program: Path, packs: list[Path], configs: list[Path]) -> None:
    """Refuse what cannot work before anything is started."""
    if not any((program / name).exists() for name in ("Pulumi.yaml", "Pulumi.yml")):
        raise CommandError(f"{program} contains no Pulumi.yaml", "name the program's folder with --cwd")
    for pack in packs:
        if not (pack / "PulumiPolicy.yaml").exists():
            raise CommandError(
                f"{pack} contains no PulumiPolicy.yaml", "name the pack's folder with --policy-pack"
            )
    if configs and len(configs) != len(packs):
        raise CommandError(
            f"{len(packs)} packs and {len(configs)} pack configs were given", "name one config for each pack"
        )
    for config in configs:
        if not config.is_file():
            raise CommandError(
                f"there is no file {config}", "name the pack's config with --policy-pack-config"
            )
        try:
            good = isinstance(json.loads(config.read_bytes()), dict)
        except (OSError, ValueError, RecursionError):
            good = False
        if not good:
            raise CommandError(
                f"{config} is not the config of a pack: it contains no JSON object",
                "write `{}` to configure nothing",
            )


def _project_file(program: Path) -> str:
    """Return the project file's path as CI knows it: relative to where the command runs, where that is
    possible.
    """
    found = program / ("Pulumi.yaml" if (program / "Pulumi.yaml").exists() else "Pulumi.yml")
    return Path(os.path.relpath(found)).as_posix()
