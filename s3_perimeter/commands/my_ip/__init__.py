"""`perimeter my-ip`: the address that AWS sees, and its entry in a stack's allow-list."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.reporting.commandline import seconds, url
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.saying import note

if TYPE_CHECKING:
    from s3_perimeter.own_address import Address, Version

__all__ = ["configure", "run"]

EPILOG = """\
The command asks two sources over each IP version, directly and not through a proxy. They have to agree.

Behind a carrier-grade NAT (CGNAT) you share the address with strangers, and it may change with each
connection: allow the fixed address of a VPN or of a small gateway instead. If your address changes from
time to time, update it with `--add LABEL --replace`, and set --expires so that it is not forgotten. An IPv6
address is added as its /64 network, because a host changes the rest of its address by itself; --exact adds
the one address.

Exit code 2 means that the sources disagree, that one returned no address, or that none answered.

examples:
  perimeter my-ip --format json
  perimeter my-ip --stack dev --add "Kenji at home" --expires 2026-12-31
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser, required=False)
    parser.add_argument(
        "--add",
        metavar="LABEL",
        help="add the addresses with this label to the config of the stack (default: the selected one)",
    )
    parser.add_argument("--expires", metavar="YYYY-MM-DD", help="the last day on which the entry is allowed")
    parser.add_argument("--owner", metavar="WHO", help="who is responsible for the entry")
    parser.add_argument(
        "--replace", action="store_true", help="with --add: replace the address of the entry with this label"
    )
    parser.add_argument("--exact", action="store_true", help="allow only the one IPv6 address, not its /64")
    parser.add_argument(
        "--url",
        action="append",
        type=url,
        metavar="URL",
        help="ask this source instead of the usual ones, over IPv4 and over IPv6",
    )
    parser.add_argument(
        "--timeout",
        type=seconds(0.1, 300),
        default=5.0,
        metavar="SECONDS",
        help="timeout for each source (default: 5)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Print the addresses, and add them where that was asked for."""
    from s3_perimeter.own_address import SOURCES, agreed, ask_all
    from s3_perimeter.reporting.output import as_json, print_result

    _refuse_alone(arguments)
    given = tuple(arguments.url or ())
    sources: dict[Version, tuple[str, ...]] = {4: given, 6: given} if given else SOURCES
    found = agreed(ask_all(sources, arguments.timeout))
    if arguments.format == "json":
        answers = {f"ipv{version}": str(address) if address else None for version, address in found.items()}
        asked = {f"ipv{version}": urls for version, urls in sources.items()}
        print_result(as_json({**answers, "sources": asked}), "json")
    else:
        print_result("\n".join(f"IPv{version}  {address or 'none'}" for version, address in found.items()))
    addresses = [address for address in found.values() if address]
    if arguments.add:
        _put_in(arguments, addresses)
    elif arguments.format == "text":
        _note_entries(addresses)
    return 0


def _note_entries(addresses: list[Address]) -> None:
    """Say what somebody without the stack's config can send to those who have it."""
    from s3_perimeter.commands.my_ip.admit import network_of

    lines = [f"- {{cidr: {network_of(address, exact=False)}, label: NAME}}" for address in addresses]
    note(
        "\nto be allowed, send this to whoever deploys the bucket, with your name for NAME; it belongs under "
        f"`s3-perimeter:allowedNetworks` in the stack's config:\n{chr(10).join(lines)}"
    )


def _refuse_alone(arguments: argparse.Namespace) -> None:
    """Raise CommandError where an option that belongs to --add stands without it."""
    given = {
        "--expires": arguments.expires,
        "--owner": arguments.owner,
        "--replace": arguments.replace,
        "--exact": arguments.exact,
    }
    if not arguments.add and (alone := [option for option, value in given.items() if value]):
        raise CommandError(
            f"{' and '.join(alone)} says how an entry is written, and there is nothing to add",
            "add --add LABEL",
        )


def _put_in(arguments: argparse.Namespace, addresses: list[Address]) -> None:
    """Add the addresses to the stack's config, and say so on standard error."""
    from s3_perimeter.commands.my_ip.admit import admit, network_of
    from s3_perimeter.stack.config_file import ConfigFile, find_config_file
    from s3_perimeter.stack.pulumi import selected_stack

    if arguments.stack is None:
        arguments.stack = selected_stack(arguments.cwd)
        note(f"stack {arguments.stack}, which is selected")
    said = admit(
        ConfigFile.read(find_config_file(arguments.stack, arguments.cwd)),
        [network_of(address, exact=arguments.exact) for address in addresses],
        label=arguments.add,
        expires=arguments.expires,
        owner=arguments.owner,
        replace=arguments.replace,
        today=datetime.now(UTC).date(),
    )
    for sentence in said:
        note(sentence)
    note(f"see the effect with `perimeter plan --stack {arguments.stack}`, deploy with `pulumi up`")
