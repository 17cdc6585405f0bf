"""Policy cost: what takes most of the space in a policy that is too long."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.nodes import clipped
from s3_perimeter.fence import Perimeter
from s3_perimeter.sealing import Conditions

__all__ = ["what_costs_most"]

_COSTLY_SHOWN = 5
_ALLOW_LIST = "the allow-list"


def what_costs_most(
    perimeter: Perimeter, statements: Sequence[Mapping[str, object]], unit: str = "bytes"
) -> str:
    """Return what takes most of the space in the statements, and in the allow-list where that does."""
    costs = _dearest(_costs_of(perimeter, statements), unit)
    if costs.startswith(_ALLOW_LIST):
        costs += f"; in it: {_dearest(_runs_of(perimeter), unit)}"
    return costs


def _dearest(costs: Mapping[str, int], unit: str) -> str:
    """Return what costs most, dearest first."""
    dearest = sorted(costs.items(), key=lambda each: (-each[1], each[0]))[:_COSTLY_SHOWN]
    return ", ".join(f"{what} ({cost:,} {unit})" for what, cost in dearest)


def _costs_of(perimeter: Perimeter, statements: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Return what allow-list, conditions and resources cost in bytes of policy."""
    found: dict[str, int] = {}
    networks = f"{_ALLOW_LIST} of {len(perimeter.allowed.cidrs()):,} networks"
    for statement in statements:
        for keys in cast(Conditions, statement.get("Condition", {})).values():
            for key, value in keys.items():
                what = networks if key == "aws:SourceIp" else f"what `{key}` is compared with"
                found[what] = found.get(what, 0) + len(json.dumps(value, separators=(",", ":")))
        resource = statement["Resource"]
        for arn in [resource] if isinstance(resource, str) else cast(list[str], resource):
            what = f"`{clipped(arn)}` as `Resource`"
            found[what] = found.get(what, 0) + len(json.dumps(arn))
    return found


def _runs_of(perimeter: Perimeter) -> dict[str, int]:
    """Return what the allow-list's runs of addresses cost in bytes each time that they are written.

    A run that does not fall on the borders of a network is written as many networks: that is what makes an
    entry dear.
    """
    allowed = perimeter.allowed
    runs = [AddressSet(v4=[run]) for run in allowed.v4]
    runs += [AddressSet(v6=[run]) for run in allowed.v6]
    found = {}
    for run in runs:
        cidrs = run.cidrs()
        what = cidrs[0] if len(cidrs) == 1 else f"{cidrs[0]} to {cidrs[-1]}, {len(cidrs)} networks"
        found[what] = sum(len(cidr) + 3 for cidr in cidrs)
    return found
