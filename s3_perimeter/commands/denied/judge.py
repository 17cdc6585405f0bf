"""What a refused request means: whose it probably is, why it was refused, and what would admit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.denied.lines import Tally

__all__ = ["Denial", "denials", "used_entries"]

Address = IPv4Address | IPv6Address

# How far around an allowed address one is next to it: a provider hands out what lies together.
NEIGHBOURS: Final = {4: 24, 6: 48}
# What to admit for one caller: an IPv6 host changes the lower half of its address at will (RFC 8981).
ADMITTED: Final = {4: 32, 6: 64}
OTHER_REASONS: Final = {
    "SignatureDoesNotMatch": "the secret access key is wrong",
    "InvalidAccessKeyId": "the access key was deleted or is inactive",
    "RequestTimeTooSkewed": "the caller's clock is wrong",
    "InvalidToken": "the session token is wrong",
    "ExpiredToken": "the session has expired",
}


@dataclass(frozen=True, slots=True)
class Denial:
    """All refused requests of one address, requester and operation.

    `yours` says why it is probably one of your own people, `because` why it was refused where that was not
    the fence; `admit` is the network that would let it in. Hours are UTC, as yyyymmddhh.
    """

    address: str
    requester: str
    operation: str
    error: str
    requests: int
    first: int
    last: int
    yours: str | None = None
    because: str | None = None
    admit: str | None = None

    @property
    def user(self) -> str:
        """The requester as people call it: the user's or role's name, `anonymous`, or a shortened id."""
        if self.requester == "-":
            return "anonymous"
        name = self.requester.partition(":::")[0].rpartition("/")[2] or self.requester
        return name if len(name) <= 32 else name[:12] + "…"


def denials(tally: Tally, allowed: AddressSet, users: Mapping[str, str]) -> list[Denial]:
    """Judge every group of refused requests; `users` maps the ARNs of known users to their names.

    Those that are probably yours come first, then those with the most requests.
    """
    near = neighbourhood(allowed)
    found = [
        judged(
            tuple(part.decode("utf-8", "backslashreplace") for part in group),
            (requests, first, last),
            allowed,
            near,
            users,
        )
        for group, (requests, first, last) in tally.groups.items()
    ]
    return sorted(
        found, key=lambda one: (one.yours is None, -one.requests, one.address, one.requester, one.operation)
    )


def judged(
    group: Sequence[str],
    counted: tuple[int, int, int],
    allowed: AddressSet,
    near: AddressSet,
    users: Mapping[str, str],
) -> Denial:
    """One group, judged."""
    text, requester, operation, error = group
    address = read_address(text)
    yours = because = admit = None
    if error in OTHER_REASONS:
        because = OTHER_REASONS[error]
    elif address is None:
        because = "the log tells no public address: a VPC endpoint or an AWS service"
    elif address in allowed:
        because = "its address is allowed: no permission for this, or sent without TLS"
    else:
        admit = str(ip_network((address, ADMITTED[address.version]), strict=False))
        if requester in users:
            yours = f"the key of {users[requester]}"
        elif address in near:
            yours = "next to an allowed network"
    return Denial(text, requester, operation, error, *counted, yours, because, admit)


def neighbourhood(allowed: AddressSet) -> AddressSet:
    """The allowed addresses with those around them."""
    wide = []
    for text in allowed.cidrs():
        network = ip_network(text)
        prefix = min(network.prefixlen, NEIGHBOURS[network.version])
        # One step further out, so that a network's neighbour on the other side of a boundary counts too.
        wide.append(str(network.supernet(new_prefix=max(prefix - 1, 0))))
    return AddressSet.parse(wide)


def read_address(text: str) -> Address | None:
    """The address of a log line, where it is one."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def used_entries(tally: Tally, entries: Sequence[str]) -> dict[str, int]:
    """The last hour in which each entry let somebody in, 0 where it never did."""
    networks = {entry: ip_network(entry, strict=False) for entry in entries}
    last = dict.fromkeys(entries, 0)
    for (text, *_), (_, _, hour) in tally.groups.items():
        address = read_address(text.decode("ascii", "replace"))
        for entry, network in networks.items():
            if address is not None and address in network:
                last[entry] = max(last[entry], hour)
    return last
