"""Put this machine's addresses into a stack's allow-list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from ipaddress import ip_network
from typing import Any

from s3_perimeter.addresses import AddressError, AddressSet
from s3_perimeter.own_address import Address
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.settings import SettingsError
from s3_perimeter.settings.allowed import read_allowed_networks
from s3_perimeter.settings.report import Report
from s3_perimeter.stack.config_file import ConfigFile

__all__ = ["admit", "network_of"]


def network_of(address: Address, *, exact: bool) -> str:
    """Return the entry for one host: an IPv6 host changes the lower half of its address by itself (RFC
    8981).
    """
    prefix = 32 if address.version == 4 else 128 if exact else 64
    return str(ip_network((address, prefix), strict=False))


def admit(
    file: ConfigFile,
    networks: Iterable[str],
    *,
    label: str,
    expires: str | None,
    owner: str | None,
    replace: bool,
    today: date,
) -> list[str]:
    """Add the networks under the label, and say in sentences what was done; the file is saved where it
    changed.

    What another entry holds already is not added. An entry that has the label is moved to the new network of
    its IP version with `replace`, and is a CommandError without. Raises SettingsError, with the file as it
    was, where the config could not take an entry as it would be written.
    """
    entries = file.entries()
    said: list[str] = []
    changed: list[Any] = []
    for network in networks:
        holder = next((entry for entry in entries if network in _reach(entry)), None)
        labeled = [entry for entry in entries if _same_label(entry, label) and _same_version(entry, network)]
        if holder is not None:
            said.append(f"{network} is already allowed, by {_described(holder)}")
            continue
        if labeled and not replace:
            raise CommandError(
                f"{file.path.name} has an entry labeled `{label}` already: {labeled[0]['cidr']}",
                "move it to the new address with --replace, or choose another label",
            )
        if labeled:
            said.append(f"{labeled[0]['cidr']} became {network} ({label})")
            changed.append(_fill(labeled[0], network, label, expires, owner))
        else:
            said.append(f"{network} was added ({label})")
            changed.append(_fill({}, network, label, expires, owner))
            entries.append(changed[-1])
    if changed:
        _refuse_mistakes(entries, changed, today)
        file.save()
    return said


def _refuse_mistakes(entries: Sequence[Any], changed: Sequence[Any], today: date) -> None:
    """Raise SettingsError with what is wrong with the entries that changed, in the words of the config."""
    report = Report("allowedNetworks")
    read_allowed_networks(list(entries), report, today=today, endpoints=False, rehearsal=True)
    ours = {
        f"entry {place}" for place, entry in enumerate(entries, 1) if any(entry is each for each in changed)
    }
    mistakes = [each for each in report.mistakes if (each.element or "").partition(",")[0] in ours]
    if mistakes:
        raise SettingsError(mistakes)


def _fill(entry: Any, network: str, label: str, expires: str | None, owner: str | None) -> Any:
    """Return an entry with these values; what is not given stays."""
    entry["cidr"] = network
    entry["label"] = label
    if expires:
        entry["expires"] = _quoted(expires)
    if owner:
        entry["owner"] = owner
    return entry


def _quoted(text: str) -> str:
    """Return the text in quotes: a bare date is no text in YAML."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    kept: str = DoubleQuotedScalarString(text)
    return kept


def _reach(entry: Any) -> AddressSet:
    """Return the addresses of an entry that never expires, none where it cannot be read."""
    if isinstance(entry, dict) and entry.get("expires"):
        return AddressSet.nothing()
    try:
        return AddressSet.parse([str(entry["cidr"] if isinstance(entry, dict) else entry)])
    except (AddressError, KeyError):
        return AddressSet.nothing()


def _same_label(entry: Any, label: str) -> bool:
    """Whether an entry bears the label."""
    return isinstance(entry, dict) and entry.get("label") == label


def _same_version(entry: Any, network: str) -> bool:
    """Whether an entry is of the network's IP version."""
    return (":" in str(entry.get("cidr"))) == (":" in network)


def _described(entry: Any) -> str:
    """Return an entry as people call it."""
    if isinstance(entry, dict):
        return f"{entry['cidr']}" + (f" ({entry['label']})" if entry.get("label") else "")
    return str(entry)
