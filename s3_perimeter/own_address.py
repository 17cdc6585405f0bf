"""What address the internet sees: several sources are asked over one IP version, and all have to agree."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from s3_perimeter.reporting.errors import CommandError

__all__ = ["SOURCES", "Address", "Answer", "Version", "agreed", "ask_all"]

Address: TypeAlias = IPv4Address | IPv6Address
Version: TypeAlias = Literal[4, 6]

# AWS's own answer, and one that is nobody's customer of it.
SOURCES: Final[dict[Version, tuple[str, ...]]] = {
    4: ("https://checkip.amazonaws.com/", "https://icanhazip.com/"),
    6: ("https://checkip.global.api.aws/", "https://icanhazip.com/"),
}
FAMILIES: Final = {4: socket.AF_INET, 6: socket.AF_INET6}
# An address has at most 39 characters; more is a page of something else.
LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What one source said over one IP version: an address, or why there is none.

    `reached` is off where this machine has no way there in that IP version, which is no fault of the source.
    """

    version: Version
    url: str
    address: Address | None
    problem: str = ""
    reached: bool = True


def ask_all(sources: dict[Version, tuple[str, ...]], seconds: float) -> list[Answer]:
    """Ask every source at once; none takes longer than `seconds`."""
    asked = [(version, url) for version, urls in sources.items() for url in urls]
    with ThreadPoolExecutor(max(len(asked), 1)) as threads:
        return list(threads.map(lambda one: _ask(one[0], one[1], seconds), asked))


def agreed(answers: Sequence[Answer]) -> dict[Version, Address | None]:
    """Return the address of each IP version, None where this machine has none.

    Raises CommandError where sources disagree, where one of them gave no address, or where nothing answered.
    """
    found: dict[Version, Address | None] = {}
    versions: tuple[Version, ...] = (4, 6)
    for version in versions:
        heard = [answer for answer in answers if answer.version == version]
        silent = [answer for answer in heard if answer.address is None]
        addresses = sorted({str(answer.address) for answer in heard if answer.address is not None})
        if not addresses and all(not answer.reached for answer in silent):
            found[version] = None
        elif silent:
            raise CommandError(
                f"IPv{version}: {silent[0].url} returned no address: {silent[0].problem}",
                "try again, or name other sources with --url; one answer alone is not enough",
            )
        elif len(addresses) > 1:
            raise CommandError(
                f"IPv{version}: the sources disagree: {', '.join(addresses)}",
                "behind a carrier-grade NAT or a proxy the address changes with each connection: allow the "
                "fixed "
                "address"
                " of a VPN instead, or ask the provider for its range",
                "how-to/onboard-a-person.md",
            )
        else:
            found[version] = ip_address(addresses[0])
    if not any(found.values()):
        raise CommandError(
            "no source could be reached, over IPv4 or IPv6",
            "is the network up? if you are behind a proxy, ask its administrator",
        )
    return found


def _ask(version: Version, url: str, seconds: float) -> Answer:
    """Ask one source over one IP version."""
    place = urlsplit(url)
    host, secure = place.hostname or "", place.scheme == "https"
    port = place.port or (443 if secure else 80)
    try:
        connected = _connect(FAMILIES[version], host, port, seconds)
    except (OSError, UnicodeError) as error:  # a name that is none has no way there either
        problem = getattr(error, "strerror", None) or str(error)
        return Answer(version, url, None, problem, reached=False)
    try:
        with connected as stream:
            text = _page(
                stream, host, f"{place.path or '/'}{'?' if place.query else ''}{place.query}", secure
            )
        address = ip_address(text)
    except ssl.SSLError as error:
        return Answer(version, url, None, f"its certificate is not trusted ({error.reason})")
    except (OSError, http.client.HTTPException) as error:
        return Answer(version, url, None, f"it did not answer ({error or type(error).__name__})")
    except ValueError as error:
        return Answer(version, url, None, str(error))
    if address.version != version:
        return Answer(version, url, None, f"it was asked over IPv{version} and answered {address}")
    if address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast:
        return Answer(version, url, None, f"it answered {address}, which is not a public address")
    return Answer(version, url, address)


def _connect(family: socket.AddressFamily, host: str, port: int, seconds: float) -> socket.socket:
    """Return a connection in that family. Raises OSError where this machine or the host has none."""
    problem: OSError = OSError("the name has no address in this IP version")
    for *_, where in socket.getaddrinfo(host, port, family, socket.SOCK_STREAM):
        stream = socket.socket(family, socket.SOCK_STREAM)
        stream.settimeout(seconds)
        try:
            stream.connect(where)
        except OSError as error:
            stream.close()
            problem = error
        else:
            return stream
    raise problem


def _page(stream: socket.socket, host: str, path: str, secure: bool) -> str:
    """Return the short text at a path. Raises ValueError where it is not one, OSError and HTTPException
    else.
    """
    connection = http.client.HTTPConnection(host)
    connection.sock = (
        ssl.create_default_context().wrap_socket(stream, server_hostname=host) if secure else stream
    )
    connection.request("GET", path, headers={"User-Agent": "s3-perimeter", "Accept": "text/plain"})
    response = connection.getresponse()
    text = response.read(LONGEST + 1).decode("ascii", "replace").strip()
    if response.status != http.HTTPStatus.OK:
        raise ValueError(f"it answered {response.status} {response.reason}")
    if len(text) > LONGEST or not text:
        raise ValueError("its answer is not an address")
    return text
