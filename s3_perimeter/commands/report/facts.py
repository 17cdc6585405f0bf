"""What a report says about a stack: the proof, the matrix, and whether AWS still has what was deployed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.report.matrix import Place, Row, access_matrix, people, places
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.documents.layers import Layers
from s3_perimeter.documents.rcp import ResourceControlPolicy
from s3_perimeter.endpoints import endpoint_words
from s3_perimeter.proof import Proof
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import Stack
from s3_perimeter.theorem import prove

if TYPE_CHECKING:
    from s3_perimeter.drift.findings import Finding

__all__ = ["Drift", "Entry", "Facts", "drift_of", "facts_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the allow-list, as far as it is deployed."""

    addresses: AddressSet
    label: str = ""
    owner: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift check's answer: `status` is one of its own, or `not asked`."""

    status: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    """Why the check could not be made, where it could not."""

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many findings of each severity, the worst first; what could not be read comes last."""
        ordered = sorted(self.findings, key=lambda finding: finding.severity.rank)
        known = Counter(one.severity.value for one in ordered if one.kind.value != "unknown")
        unknown = len(ordered) - known.total()
        return [*known.items(), *([("unknown", unknown)] if unknown else [])]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the page shows."""

    stack: Stack
    made: datetime
    version: str
    owner: str
    """Who answers for the bucket; empty where nobody is named."""

    entries: tuple[Entry, ...]
    allowed: AddressSet
    proof: Proof
    policy: str
    digest: str
    where: tuple[Place, ...]
    rows: tuple[Row, ...]
    drift: Drift

    @property
    def exemptions(self) -> list[str]:
        """Everybody to whom the config gives access from outside the allow-list, by name."""
        settings = self.stack.settings
        return [
            *(endpoint_words(one) for one in settings.vpc_endpoints),
            *(f"break-glass principal {one}" for one in settings.break_glass),
            *(["AWS services acting for themselves"] if settings.trust_aws_services else []),
        ]


def facts_of(
    stack: Stack,
    drift: Drift,
    now: datetime,
    owner: str = "",
    rcps: Sequence[ResourceControlPolicy] = (),
) -> Facts:
    """Judge a stack, with the RCPs that apply to its account. `owner` is who answers for the bucket, by
    default what its tag `owner` says.

    Raises CommandError where it has no policy, SettingsError where its config is wrong.
    """
    if stack.policy is None:
        raise CommandError(
            f"bucket `{stack.bucket}` has no policy in stack `{stack.name}`", "deploy it with `pulumi up`"
        )
    policy = PolicyDocument.parse(stack.policy)
    settings = stack.settings
    fence = settings.perimeter(account=stack.account, partition=stack.partition, bucket=stack.bucket)
    deployed = AddressSet.parse(stack.allowed_networks)
    who = tuple(people(stack))
    where = tuple(places(deployed, settings.vpc_endpoints))
    tagged = next((value for key, value in settings.tags.items() if key.casefold() == "owner"), "")
    return Facts(
        stack=stack,
        made=now,
        version=version("s3-perimeter"),
        owner=owner or tagged,
        entries=_named_entries(stack, deployed),
        allowed=deployed,
        proof=prove(policy, fence, rcps=rcps, now=now),
        policy=stack.policy,
        digest=hashlib.sha256(stack.policy.encode()).hexdigest(),
        where=where,
        rows=access_matrix(stack, Layers(policy, tuple(rcps)), who, where, now),
        drift=drift,
    )


def _named_entries(stack: Stack, deployed: AddressSet) -> tuple[Entry, ...]:
    """Return the deployed networks with what the config says of each; what it does not name comes last."""
    shown = []
    rest = deployed
    for one in stack.settings.allowed:
        written = AddressSet.parse([one.cidr])
        if part := written & deployed:
            shown.append(Entry(part, one.label or "", one.owner or "", one.expires))
        rest -= written
    return (*shown, *([Entry(rest)] if rest else []))


def drift_of(name: str, directory: Path | None, profile: str | None, region: str | None) -> Drift:
    """Ask the drift check; what could not be asked is `unknown`, with the reason."""
    from s3_perimeter.drift.clients import Access
    from s3_perimeter.drift.fleet import check_stack

    found = check_stack(name, directory=directory, access=Access(profile=profile, region=region))
    error = (found.error or "").partition("\n")[0]
    return Drift(found.status.value, found.findings, (*found.pending, *found.notes), error)
