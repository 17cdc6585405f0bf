"""Strict reading of the networks that a person wrote: what is wrong with one, and what to write instead.

Every place where somebody types an allow-list reads it here: stack config, component arguments, the pack's
config and `--allow`. `AddressSet.parse` masks host bits and takes bare addresses, as AWS does; a person who
writes them has more often made a mistake than a choice, and the fence would quietly become wider or narrower
than meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

from s3_perimeter.addresses import PREFIXES, WIDTH, AddressSet, Version, parse_address
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.errors import PerimeterError
from s3_perimeter.semantics.notations import FORMS, Advice, ascii_form, other_notation, script_of

__all__ = [
    "MAPPED",
    "NOT_PUBLIC",
    "Advice",
    "Network",
    "NetworkError",
    "NetworkListError",
    "advice_on",
    "advice_on_all",
    "advice_on_value",
    "is_example",
    "is_private",
    "read_addresses",
    "read_network",
    "split_list",
]

Network: TypeAlias = IPv4Network | IPv6Network


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


def _networks(*texts: str) -> tuple[Network, ...]:
    """Several networks, for a table."""
    return tuple(map(ip_network, texts))


# IANA's special-purpose address registries (RFC 6890 and its updates): what is not globally reachable.
# Python's `is_private` holds for the documentation ranges too, so it is of no use here.
PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
DOCUMENTATION = _networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
_NEVER_A_SOURCE = (
    ("loopback", _networks("127.0.0.0/8", "::1/128")),
    ("link-local", _networks("169.254.0.0/16", "fe80::/10")),
    ("multicast", _networks("224.0.0.0/4", "ff00::/8")),
    ("unspecified", _networks("0.0.0.0/8", "::/128")),
    (
        "reserved",
        _networks(
            *("240.0.0.0/4", "192.0.0.0/24", "198.18.0.0/15"),
            *("64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "5f00::/16", "fec0::/10"),
        ),
    ),
)
MAPPED = AddressSet.parse(["::ffff:0:0/96"])
"""IPv4-mapped addresses, which ``aws:SourceIp`` never holds."""
NOT_PUBLIC = MAPPED | AddressSet.parse(
    str(network) for _, ranges in (("private", PRIVATE), *_NEVER_A_SOURCE) for network in ranges
)
"""Addresses that nobody has on the internet. AWS's services may use them to reach S3 for their callers, so
they never count as allowed. The documentation's networks are treated as public: examples and rehearsals
need some.
"""
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


def is_private(network: Network) -> bool:
    """Whether the network lies in a private range (RFC 1918, 6598, 4193), which the internet never sees."""
    return _inside(network, PRIVATE)


def is_example(network: Network) -> bool:
    """Whether the network lies in a range that documentation uses (RFC 5737, 3849, 9637)."""
    return _inside(network, DOCUMENTATION)


def advice_on(network: Network) -> Advice | None:
    """Return what a colleague would ask about a legal network that is wide; None where it is not."""
    if network.prefixlen >= WIDEST[network.version]:
        return None
    bits = network.max_prefixlen - network.prefixlen
    return Advice(
        f"`{network}` is wide: it allows 2^{bits} addresses",
        f"list narrower networks, of /{WIDEST[network.version]} or longer",
    )


def _inside(network: Network, ranges: tuple[Network, ...]) -> bool:
    """Whether the network lies in one of the ranges."""
    return any(_within(network, other) for other in ranges)


def _within(network: Network, other: Network) -> bool:
    """Whether one network lies in another."""
    return (
        network.version == other.version
        and int(other.network_address) <= int(network.network_address)
        and int(network.broadcast_address) <= int(other.broadcast_address)
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
    for kind, ranges in (("private", PRIVATE), *_NEVER_A_SOURCE):
        for each in ranges:
            if _within(each, network) and each != network:
                raise NetworkError(
                    f"{shown} contains `{each}`, which is {kind}",
                    "list the public networks in it that have to reach the bucket",
                )
        if _inside(network, ranges) and kind == "private":
            raise NetworkError(
                f"{shown} is private, and your requests never reach S3's public endpoint from there, but "
                "those of AWS services can",
                f"{OWN_NETWORK}; for a VPC, declare its endpoint",
            )
        if _inside(network, ranges):
            raise NetworkError(f"{shown} is {kind}, and no request to S3 comes from there", OWN_NETWORK)


def _refuse_other_characters(text: str, plain: str, shown: str) -> None:
    """NetworkError on a text of other characters than ASCII's: to a person it looks right."""
    try:
        remedy = f"write `{read_network(plain, bare=True)}`"
    except NetworkError as error:
        remedy = error.advice.remedy
    raise NetworkError(f"{shown} is written in {script_of(text)}", remedy)
