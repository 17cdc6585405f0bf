"""Which policy packs judge a preview: those that are named, else the program's own, else the installed
one.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from s3_perimeter.reporting.commandline import path
from s3_perimeter.reporting.errors import CommandError, refuse

__all__ = [
    "Pack",
    "add_pack_arguments",
    "chosen_packs",
    "own_packs",
    "pack_words",
    "packs_json",
    "packs_sentence",
]

FILE: Final = "PulumiPolicy.yaml"
"""What makes a folder a policy pack."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A policy pack, why it judges this preview, and its config."""

    folder: Path
    source: Literal["option", "program", "installed"]
    config: Path | None = None

    @property
    def name(self) -> str:
        """The pack as a person finds it: the installed one by its version, another by its folder."""
        if self.source == "installed":
            from importlib.metadata import version

            return f"s3-perimeter {version('s3-perimeter')}, installed"
        return Path(os.path.relpath(self.folder)).as_posix()


def add_pack_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a command `--policy-pack` and `--policy-pack-config`."""
    parser.add_argument(
        "--policy-pack",
        type=path,
        action="append",
        metavar="DIR",
        help="a policy pack's folder (default: `policies` next to Pulumi.yaml if it is a pack, else the "
        "installed pack); may be repeated",
    )
    parser.add_argument(
        "--policy-pack-config",
        type=path,
        action="append",
        metavar="FILE",
        help="a pack's config file; once for each pack, in the same order",
    )


def chosen_packs(arguments: argparse.Namespace) -> tuple[Pack, ...]:
    """Return the packs that judge a preview, never none. Raises CommandError where there is no program, and
    with everything that is wrong with the options.
    """
    if arguments.policy_pack:
        packs = [Pack(folder.resolve(), "option") for folder in arguments.policy_pack]
    else:
        packs = [*own_packs(arguments.cwd)] or [_installed()]
    configs = [config.resolve() for config in arguments.policy_pack_config or []]
    mistakes = [
        (f"`{pack.folder}` contains no {FILE}", "name the pack's folder with --policy-pack")
        for pack in packs
        if not (pack.folder / FILE).exists()
    ]
    mistakes += [mistake for config in configs for mistake in _mistakes_in(config)]
    if configs and len(configs) != len(packs):
        mistakes.append(
            (
                f"{len(packs)} packs and {len(configs)} pack configs were given",
                "name one config for each pack",
            )
        )
    refuse(mistakes)
    if not configs:
        return tuple(packs)
    return tuple(Pack(pack.folder, pack.source, config) for pack, config in zip(packs, configs, strict=True))


def own_packs(directory: Path | None) -> tuple[Pack, ...]:
    """Return the program's own policy pack, where it has one. Raises CommandError where there is no
    program.
    """
    from s3_perimeter.stack.config_file import project_file

    folder = project_file(directory).parent / "policies"
    return (Pack(folder, "program"),) if (folder / FILE).exists() else ()


def _installed() -> Pack:
    """Return the pack of this package. Raises CommandError where it was taken out."""
    try:
        from s3_perimeter import policies
    except ImportError as error:
        raise CommandError(
            "no policy pack judges this: the program has none, and this s3-perimeter is without its own "
            f"({error})",
            "install s3-perimeter again, or name a pack's folder with --policy-pack",
        ) from error

    return Pack(Path(next(iter(policies.__path__))).resolve(), "installed")


def _mistakes_in(config: Path) -> list[tuple[str, str]]:
    """Return what is wrong with a file that is to be a pack's config."""
    if not config.is_file():
        return [(f"there is no file `{config}`", "name the pack's config with --policy-pack-config")]
    try:
        good = isinstance(json.loads(config.read_bytes()), dict)
    except (OSError, ValueError, RecursionError):
        good = False
    problem = f"`{config}` is not the config of a pack: it contains no JSON object"
    return [] if good else [(problem, "write `{}` to configure nothing")]


def pack_words(packs: Sequence[Pack]) -> list[str]:
    """Return the options that give the packs to `pulumi preview` or `pulumi up`."""
    found = [word for pack in packs for word in ("--policy-pack", str(pack.folder))]
    configs = [pack.config for pack in packs if pack.config is not None]
    return found + [word for config in configs for word in ("--policy-pack-config", str(config))]


def packs_sentence(packs: Sequence[Pack]) -> str:
    """Return which packs judged a preview."""
    names = "; ".join(pack.name for pack in packs)
    return f"policy pack{'s' if len(packs) > 1 else ''}: {names or 'none'}"


def packs_json(packs: Sequence[Pack]) -> list[dict[str, Any]]:
    """Return the same for scripts."""
    return [
        {
            "folder": str(pack.folder),
            "source": pack.source,
            "config": None if pack.config is None else str(pack.config),
        }
        for pack in packs
    ]
