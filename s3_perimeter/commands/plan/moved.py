"""What moves between the deployed policy and the planned one: networks, ends, and exemptions by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from s3_perimeter.access.reach import ANY_SERVICE, Exemption, Passed, Reach, exemptions_named, parts_of
from s3_perimeter.addresses import AddressSet
from s3_perimeter.commands.plan.way import Way
from s3_perimeter.comparison import Comparison, compare
from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.endpoints import ENDPOINT_KEYS
from s3_perimeter.proof.witness import Witness
from s3_perimeter.semantics.request import Channel

__all__ = ["Moved", "moved"]

MOST_NAMED: Final = 4
SAYS: Final = {
    "vpc-endpoint": "anybody who uses it, from any address",
    "break-glass": "from any address",
    "aws-services": "on their own behalf or for anybody, from any address",
}


@dataclass(slots=True)
class Moved:
    """What a planned policy treats otherwise than the deployed one; `allowed` is who may come as planned.

    Only what is certain counts as allowed, opened and closed. Because AWS does not document what a Deny
    means, `perhaps` may come as planned, and of `doubtful` it is not decided what becomes of them.
    """

    allowed: AddressSet = field(default_factory=AddressSet.nothing)
    perhaps: AddressSet = field(default_factory=AddressSet.nothing)
    doubtful: AddressSet = field(default_factory=AddressSet.nothing)
    opened: AddressSet = field(default_factory=AddressSet.nothing)
    closed: AddressSet = field(default_factory=AddressSet.nothing)
    ends: list[tuple[AddressSet, datetime | None, datetime | None]] = field(default_factory=list)
    ways_in: tuple[Way, ...] = ()
    ways_out: tuple[Way, ...] = ()
    equal: bool = False
    undecided: tuple[str, ...] = ()


def moved(deployed: PolicyDocument | None, planned: PolicyDocument, *, bucket: str, now: datetime) -> Moved:
    """Compare by meaning. Without a deployed policy there is no bucket yet: whatever passes is new."""
    policies = [planned] if deployed is None else [deployed, planned]
    before = None if deployed is None else Reach(deployed, bucket, now)
    after = Reach(planned, bucket, now)
    found = Moved()
    outside = None
    doubts: dict[str, list[str]] = {}
    for part in parts_of(policies):
        if not _note_part(found, part, before, after):
            outside = outside or str(part.first())
    ways_in, ways_out = [], []
    for one in exemptions_named(policies):
        was = before.exempt(one, outside) if before else Passed()
        will = after.exempt(one, outside)
        if will.surely - was.at_most:
            ways_in.append(one)
        if was.surely - will.at_most:
            ways_out.append(one)
        _note_doubts(doubts, was.doubts, will.doubts)
    found.ways_in, found.ways_out = _named(ways_in), _named(ways_out)
    if deployed is not None:
        compared = compare(deployed, planned, bucket=bucket)
        found.equal, found.undecided = compared.equal, compared.undecided
        _add_what_is_left(found, compared, ways_in, ways_out)
    _note_doubts(doubts, before.doubts() if before else (), after.doubts())
    if doubts:
        reasons = "; ".join(f"{doubt} (as {' and '.join(which)})" for doubt, which in doubts.items())
        # It stands for whatever the comparison says is not decided: that has the same cause.
        found.undecided = (f"not decided: who may come from {_some_of(found.doubtful)}: {reasons}",)
    return found


def _note_doubts(doubts: dict[str, list[str]], deployed: Iterable[str], planned: Iterable[str]) -> None:
    """Note which policy, as deployed or as planned, leaves something open, each doubt once."""
    for word, found in (("deployed", deployed), ("planned", planned)):
        for doubt in found:
            which = doubts.setdefault(doubt, [])
            if word not in which:
                which.append(word)


def _some_of(addresses: AddressSet) -> str:
    """Return the first few networks of a set, and how many more there are."""
    cidrs = addresses.cidrs()
    more = f" and {len(cidrs) - MOST_NAMED} networks more" if len(cidrs) > MOST_NAMED else ""
    return f"{', '.join(cidrs[:MOST_NAMED])}{more}" if cidrs else "outside of the allow-list"


def _note_part(found: Moved, part: AddressSet, before: Reach | None, after: Reach) -> bool:
    """Note what becomes of some addresses; returns whether either policy surely allows anybody from
    there.
    """
    address = str(part.first())
    was = before.passing(address) if before else Passed()
    will = after.passing(address)
    if will.surely:
        found.allowed |= part
    if will.surely - was.at_most:
        found.opened |= part
    if was.surely - will.at_most:
        found.closed |= part
    if will.perhaps:
        found.perhaps |= part
    if was.perhaps or will.perhaps:
        found.doubtful |= part
    if before and was.surely and was == will:
        first, then = before.until(address), after.until(address)
        if first != then:
            found.ends.append((part, first, then))
    return bool(was.surely or will.surely)


def _named(exempt: list[Exemption]) -> tuple[Way, ...]:
    """Return the exemptions as ways in, one line each; where any service may come, single ones are part of
    that.
    """
    any_service = any(one.name == ANY_SERVICE for one in exempt)
    return tuple(
        Way(one.kind, one.name, SAYS[one.kind])
        for one in exempt
        if one.kind != "aws-services" or one.name == ANY_SERVICE or not any_service
    )


def _add_what_is_left(
    found: Moved, compared: Comparison, ways_in: list[Exemption], ways_out: list[Exemption]
) -> None:
    """Add the requests that moved and that no network and no name explains: nothing goes unsaid."""
    later = AddressSet.nothing()
    sooner = AddressSet.nothing()
    for part, first, then in found.ends:
        if then is None or (first is not None and then > first):
            later |= part
        else:
            sooner |= part
    found.ways_in += tuple(_unexplained(compared.opened, found.opened | later, ways_in))
    found.ways_out += tuple(_unexplained(compared.closed, found.closed | sooner, ways_out))


def _unexplained(
    witnesses: Iterable[Witness], networks: AddressSet, exempt: list[Exemption]
) -> Iterable[Way]:
    """Yield the witnesses that neither the networks nor the exemptions stand for."""
    from s3_perimeter.reporting.verdicts import sentence

    names = {one.name for one in exempt}
    for witness in witnesses:
        principal = witness.request.principal.arn
        endpoints = {value for key in ENDPOINT_KEYS for value in witness.request.values(key) or ()}
        if (
            (witness.source_ip is not None and witness.source_ip in networks)
            or principal in names
            or endpoints & names
            or (witness.channel is Channel.AWS_SERVICE and any(one.kind == "aws-services" for one in exempt))
        ):
            continue
        yield Way("request", witness.channel.value, sentence(witness))
