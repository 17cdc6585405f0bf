"""Vantage points: the places from which clients of the embedded AWS appear to come."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from local.record import Record


@dataclass(frozen=True, slots=True)
class Vantage:
    """A place that requests come from.

    ``address`` is the public address in canonical form; None lets the client name it in ``X-Forwarded-For``
    (only loopback can connect, so nobody else is trusted). ``root`` lets root's key in.
    """

    name: str
    address: str | None
    tls: bool = True
    root: bool = False

    @classmethod
    def at(cls, address: str, *, tls: bool = True) -> Vantage:
        """Return the vantage point at an IPv4 or IPv6 address, named after it; else ValueError."""
        canonical = str(ipaddress.ip_address(address))
        return cls(canonical if tls else f"{canonical}-plain", canonical, tls)


VANTAGES = (
    Vantage("inside", "203.0.113.10"),
    Vantage("inside-ipv6", "2001:db8:1234::10"),
    Vantage("outside", "198.51.100.7"),
    Vantage("outside-ipv6", "2001:db8:ffff::7"),
    Vantage("plain", "203.0.113.10", tls=False),
    Vantage("anywhere", None),
    Vantage("root", "127.0.0.1", root=True),
)
"""The ones that are always there. Stack ``local`` allows 203.0.113.0/24 and 2001:db8:1234::/48."""


def endpoint(record: Record, name: str) -> str:
    """Return the endpoint URL of a vantage point in a record."""
    scheme = "https" if record.vantages[name]["tls"] else "http"
    return f"{scheme}://127.0.0.1:{record.ports[name]}"
