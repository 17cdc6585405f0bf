"""Strict reading of the networks that a person wrote: what is wrong with one, and what to write instead.

Every place where somebody types an allow-list reads it here: stack config, component arguments, the pack's
config and `--allow`. `AddressSet.parse` masks host bits and takes bare addresses, as AWS does; a person who
writes them has more often made a mistake than a choice, and the fence would quietly become wider or narrower
than meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network

from s3_perimeter.addresses import PREFIXES, AddressSet, parse_address
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.errors import PerimeterError
from s3_perimeter.ranges import WIDTH, Version
from s3_perimeter.semantics.notations import FORMS, Advice, ascii_form, other_notation, script_of
from s3_perimeter.semantics.special_networks import (
    DOCUMENTATION,
    MAPPED,
    NEVER_A_SOURCE,
    NOT_PUBLIC,
    PRIVATE,
    Network,
    is_inside,
    is_private,
    is_within,
)

__all__ = [
    "Advice",
    "NetworkError",
    "NetworkListError",
    "advice_on",
    "advice_on_all",
    "advice_on_value",
    "is_example",
    "read_addresses",
    "read_network",
    "split_list",
]


class NetworkError(ValueError):
    """A text that cannot stand in an allow-list; `advice` says why and what to write."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.advice = Advice(problem, remedy)
        super().__init__(problem)


class NetworkListError(PerimeterError):
    """Texts that cannot stand in an allow-list; `mistakes` holds the advice on each, in the order given."""

    def __init__(self, mistakes: Iterable[Advice]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{each.problem}: {each.remedy}" for each in self.mistakes))


WIDEST: dict[Version, int] = {4: 8, 6: 19}

ONE_NETWORK = "write one network in CIDR form, or remove it"
OWN_NETWORK = "write the public address of your network (`perimeter my-ip` shows it)"


def split_list(texts: Iterable[str]) -> list[str]:
    """Return the networks of a command line's option one by one, however they are written: `A B`, `A,B` and
    the option repeated are the same. An empty piece stays, so that it is refused.
    """
    return [piece for text in texts for part in text.split(",") for piece in (part.split() or [part.strip()])]


def read_addresses(texts: Iterable[str]) -> AddressSet:
    """Return the addresses of an allow-list that a person typed, split already; hosts may be bare addresses.

    NetworkListError has the advice on every text that cannot stand in it.
    """
    found: list[str] = []
    mistakes: list[Advice] = []
    for text in texts:
        try:
            found.append(str(read_network(text, bare=True)))
        except NetworkError as error:
            mistakes.append(error.advice)
    addresses = AddressSet.parse(found)
    mistakes += advice_on_all(addresses)
    if mistakes:
        raise NetworkListError(mistakes)
    return addresses


def advice_on_all(addresses: AddressSet) -> list[Advice]:
    """Return what is wrong with an allow-list as a whole: one that leaves nothing out says the same as a
    `/0`.
    """
    outside = ~(addresses | NOT_PUBLIC)
    return [
        Advice(
            f"together the entries are every public IPv{version} address, so nothing would be denied",
            "list the networks that have to reach the bucket",
        )
        for version, left in ((4, outside.v4), (6, outside.v6))
        if not left
    ]


def read_network(text: str, *, bare: bool = False, private: bool = False) -> Network:
    """Read one CIDR exactly as it has to be written; NetworkError says what is wrong and what to write.

    Refused are bare addresses (unless `bare`), host bits, IPv4-mapped IPv6, everything (`/0`), other
    notations, and networks with addresses that are not public; with `private`, a private network is
    returned. Documentation ranges are returned.
    """
    shown = f"`{clipped(text)}`"
    version, number, prefix = _read(text, shown)
    address, slash, _ = text.partition("/")
    width = WIDTH[version]
    if not slash and not bare:
        raise NetworkError(f"{shown} is a bare address", f"write `{text}/{width}` for this one host")
    network = _network(version, number, prefix)
    if prefix == 0:
        raise NetworkError(
            f"{shown} is every IPv{version} address, so nothing would be denied",
            "list the networks that have to reach the bucket",
        )
    if int(network.network_address) != number:
        raise NetworkError(
            f"{shown} has host bits set",
            f"write `{network}` for the network or `{address}/{width}` for the one host",
        )
    if not (private and is_private(network)):
        _refuse_not_public(network, shown)
    return network


def advice_on_value(text: str) -> Advice | None:
    """Return what keeps a value of a policy from being a network that every reader takes for the same one.

    Host bits, private networks and `/0` mean the same to all of them; None for these.
    """
    shown = f"`{clipped(text)}`" if text else "an empty text"
    try:
        version, _, _ = _read(text, shown)
    except NetworkError as error:
        found = error.advice
        return found._replace(remedy=ONE_NETWORK) if found.remedy == FORMS else found
    if version == 6 and "/" not in text:
        return Advice(
            f"{shown} is a bare IPv6 address, which the documentation reads as a /32",
            f"write `{text}/128` for this one host",
        )
    return None


def is_example(network: Network) -> bool:
    """Whether the network lies in a range that documentation uses (RFC 5737, 3849, 9637)."""
    return is_inside(network, DOCUMENTATION)


def advice_on(network: Network) -> Advice | None:
    """Return what a colleague would ask about a legal network that is wide; None where it is not."""
    if network.prefixlen >= WIDEST[network.version]:
        return None
    bits = network.max_prefixlen - network.prefixlen
    return Advice(
        f"`{network}` is wide: it allows 2^{bits} addresses",
        f"list narrower networks, of /{WIDEST[network.version]} or longer",
    )


def _network(version: Version, number: int, prefix: int) -> Network:
    """Return the network of that prefix length around an address."""
    if version == 4:
        return IPv4Network((number, prefix), strict=False)
    return IPv6Network((number, prefix), strict=False)


def _read(text: str, shown: str) -> tuple[Version, int, int]:
    """Return a text's IP version, address and prefix length; NetworkError where it is no network, or one that
    some readers take for another.
    """
    if not text.strip():
        raise NetworkError("expected a network, found an empty text", FORMS)
    plain = ascii_form(text)
    if plain:
        _refuse_other_characters(text, plain, shown)
    advice = other_notation(text, shown)
    if advice:
        raise NetworkError(advice.problem, advice.remedy)
    address, slash, prefix_text = text.partition("/")
    try:
        version, number = parse_address(address)
    except ValueError as error:
        raise NetworkError(f"{shown} {error}", FORMS) from error
    width = WIDTH[version]
    prefix = PREFIXES.get(prefix_text) if slash else width
    if prefix is None or prefix > width:
        raise NetworkError(f"{shown} has no prefix length from /1 to /{width}", FORMS)
    if version == 6 and IPv6Address(number) in MAPPED:
        four = IPv4Network((number & 0xFFFFFFFF, max(prefix - 96, 0)), strict=False)
        raise NetworkError(
            f"{shown} is an IPv4-mapped IPv6 address, which `aws:SourceIp` never contains",
            f"write the IPv4 form, `{four}`" if four.prefixlen else FORMS,
        )
    return version, number, prefix


def _refuse_not_public(network: Network, shown: str) -> None:
    """NetworkError on a network that has addresses from which no request of its owner reaches S3."""
    for kind, ranges in (("private", PRIVATE), *NEVER_A_SOURCE):
        for each in ranges:
            if is_within(each, network) and each != network:
                raise NetworkError(
                    f"{shown} contains `{each}`, which is {kind}",
                    "list the public networks in it that have to reach the bucket",
                )
        if is_inside(network, ranges) and kind == "private":
            raise NetworkError(
                f"{shown} is private, and your requests never reach S3's public endpoint from there, but "
                "those of AWS services can",
                f"{OWN_NETWORK}; for a VPC, declare its endpoint",
            )
        if is_inside(network, ranges):
            raise NetworkError(f"{shown} is {kind}, and no request to S3 comes from there", OWN_NETWORK)


def _refuse_other_characters(text: str, plain: str, shown: str) -> None:
    """NetworkError on a text of other characters than ASCII's: to a person it looks right."""
    try:
        remedy = f"write `{read_network(plain, bare=True)}`"
    except NetworkError as error:
        remedy = error.advice.remedy
    raise NetworkError(f"{shown} is written in {script_of(text)}", remedy)
