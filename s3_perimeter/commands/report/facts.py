"""What a report tells of a stack: the proof, the matrix, and whether AWS still has what was deployed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.errors import CommandError
from s3_perimeter.commands.plan.effect import Entry, entries_of, union
from s3_perimeter.commands.report.matrix import Cell, Place, Who, access_matrix, people, places
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.documents.layers import Layers
from s3_perimeter.documents.rcp import ResourceControlPolicy
from s3_perimeter.proof import Proof, prove
from s3_perimeter.stack.deployed import Stack

__all__ = ["Drift", "Facts", "drift_of", "facts_of"]


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift check's answer: `status` is one of its own, or `not asked`; `findings` a line each."""

    status: str
    findings: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    """How many findings of each severity, the worst first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the page shows."""

    stack: Stack
    made: datetime
    entries: tuple[Entry, ...]
    allowed: AddressSet
    proof: Proof
    policy: str
    digest: str
    who: tuple[Who, ...]
    where: tuple[Place, ...]
    cells: tuple[Cell, ...]
    drift: Drift


def facts_of(stack: Stack, drift: Drift, now: datetime, rcps: Sequence[ResourceControlPolicy] = ()) -> Facts:
    """Judge a stack, with the RCPs that apply to its account.

    Raises CommandError where it has no policy, SettingsError where its config is wrong.
    """
    if stack.policy is None:
        raise CommandError(
            f"bucket `{stack.bucket}` has no policy in stack `{stack.name}`", "deploy it with `pulumi up`"
        )
    policy = PolicyDocument.parse(stack.policy)
    fence = stack.settings.perimeter(account=stack.account, partition=stack.partition, bucket=stack.bucket)
    deployed = AddressSet.parse(stack.allowed_networks)
    entries = named_entries(stack, deployed)
    who, where = tuple(people(stack)), tuple(places(deployed, stack.settings.vpc_endpoints))
    return Facts(
        stack=stack,
        made=now,
        entries=entries,
        allowed=deployed,
        proof=prove(policy, fence, rcps=rcps, now=now),
        policy=stack.policy,
        digest=hashlib.sha256(stack.policy.encode()).hexdigest(),
        who=who,
        where=where,
        cells=tuple(access_matrix(stack, Layers(policy, tuple(rcps)), who, where, now)),
        drift=drift,
    )


def named_entries(stack: Stack, deployed: AddressSet) -> tuple[Entry, ...]:
    """The deployed networks under the config's labels; what the config does not name comes last, without
    one.
    """
    named = entries_of(stack.config, "allowedNetworks")
    shown = [Entry(part, one.label, one.expires) for one in named if (part := one.addresses & deployed)]
    rest = deployed - union(shown)
    return (*shown, *([Entry(rest, "", None)] if rest else []))


def drift_of(name: str, directory: Path | None, profile: str | None, region: str | None) -> Drift:
    """Ask the drift check; what could not be asked is `unknown`, with the reason."""
    from s3_perimeter.drift.clients import Access
    from s3_perimeter.drift.findings import Severity
    from s3_perimeter.drift.fleet import check_stack

    found = check_stack(name, directory=directory, access=Access(profile=profile, region=region))
    lines = tuple(
        f"{one.severity.value}: {one.control} ({one.resource}): {one.detail}{fix_of(one.fix)}"
        for one in found.findings
    )
    by_severity = Counter(one.severity for one in found.findings)
    counts = tuple((each.value, by_severity[each]) for each in Severity if by_severity[each])
    failed = (found.error.partition("\n")[0],) if found.error else ()
    return Drift(found.status.value, (*failed, *lines), counts)


def fix_of(fix: str) -> str:
    """How to put it right, as the end of a sentence."""
    return f" Fix: {fix}" if fix else ""
