"""A stack's config as Pulumi gives it: what the CLI prints, a preview's prelude, the history of updates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from s3_perimeter.addresses import AddressError, AddressSet

__all__ = ["NAMESPACE", "Entry", "decoded", "entries_of", "own_config", "union", "value_of"]

NAMESPACE: Final = "s3-perimeter"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an allow-list, as a config writes it."""

    addresses: AddressSet
    label: str
    expires: date | None


def decoded(printed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `pulumi config --json` prints, as `namespace:key` to value; secrets are left out."""
    return {key: value_of(entry) for key, entry in printed.items() if not entry.get("secret")}


def value_of(entry: Any) -> Any:
    """Return a value of the config, in whichever of its three forms Pulumi gives it: decoded, as text, or
    bare.
    """
    return entry.get("objectValue", entry.get("value")) if isinstance(entry, Mapping) else entry


def own_config(config: Mapping[str, Any]) -> dict[str, object]:
    """This project's keys without their namespace.

    A key that is empty is not set: the project's defaults have no other way to say so.
    """
    own = f"{NAMESPACE}:"
    return {
        key.removeprefix(own): value
        for key, value in config.items()
        if key.startswith(own) and value not in ("", None)
    }


def entries_of(config: Mapping[str, Any]) -> list[Entry]:
    """Return the entries of an allow-list in a config; what cannot be read is left out."""
    value = value_of(config.get(f"{NAMESPACE}:allowedNetworks"))
    if isinstance(value, str):
        try:
            value = json.loads(value or "[]")
        except ValueError:
            value = []
    found = []
    for entry in value if isinstance(value, list) else ():
        given = entry if isinstance(entry, Mapping) else {"cidr": entry}
        try:
            addresses = AddressSet.parse([str(given.get("cidr"))])
            ends = date.fromisoformat(str(given["expires"])[:10]) if given.get("expires") else None
        except (AddressError, ValueError):
            continue
        found.append(Entry(addresses, str(given.get("label") or ""), ends))
    return found


def union(entries: Sequence[Entry]) -> AddressSet:
    """Return every address of the entries."""
    return AddressSet.parse([cidr for entry in entries for cidr in entry.addresses.cidrs()])
