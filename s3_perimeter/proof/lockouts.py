"""Lock-outs: which part of the allow-list the policy shuts out.

Asked for an ordinary signed HTTPS request: somebody of the owner's account, over the public endpoint, listing
the bucket or reading an object. An address is shut out when nobody of the account gets through from it. A
Deny on what a caller or the owner's set-up decides, such as a header or the region, shuts nobody out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Statement
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.keys import IDENTITY, Presence, key_named, presence
from s3_perimeter.proof.model import Scenario, Side
from s3_perimeter.proof.networks import address_set, sample
from s3_perimeter.proof.proof import Lockout
from s3_perimeter.proof.scenarios import KINDS
from s3_perimeter.proof.space import Space
from s3_perimeter.semantics.conditions import NEGATED, holds
from s3_perimeter.semantics.evaluation import statement_matches
from s3_perimeter.semantics.explanation import named
from s3_perimeter.semantics.patterns import folded
from s3_perimeter.semantics.request import Channel, Request

__all__ = ["lockouts"]

_SOURCE_IP = "aws:sourceip"
_TRANSPORT = "aws:securetransport"
_MOST_NETWORKS = 1000


def lockouts(sides: Sequence[Side], space: Space, perimeter: Perimeter, now: datetime) -> tuple[Lockout, ...]:
    """Return what is shut out, one entry a Deny; empty when all of the allow-list can reach the bucket."""
    allowed = perimeter.allowed
    for entry in perimeter.expiring:
        if entry.until <= now:
            allowed -= entry.addresses
    if not allowed:
        return ()
    # A Deny that spares every allowed address, as a fence does, or HTTPS, shuts out nobody, whatever else it
    # asks for.
    parts = {
        at: part
        for at, side in enumerate(sides)
        if not _spares_https(side) and (part := _denied(side, allowed))
    }
    if not parts:
        return ()
    blamed: dict[int, AddressSet] = {}
    shut_out = AddressSet.nothing()
    elsewhere = {at: _without_addresses(sides[at]) for at in parts}
    for on_object in (True,) if space.objects_are_like_the_bucket else (False, True):
        requests = _ordinary(space, on_object, allowed, now)
        reached = _reached(parts, elsewhere, requests, allowed, blamed)
        if reached != allowed:
            shut_out |= allowed - reached
    if not shut_out:
        return ()
    found = []
    for at, part in sorted(blamed.items()):
        networks = part & shut_out
        if networks:
            found.append(Lockout(networks.cidrs()[:_MOST_NETWORKS], _because(sides[at].statement, networks)))
    return tuple(found)


def _reached(
    parts: Mapping[int, AddressSet],
    elsewhere: Mapping[int, Side],
    requests: Iterable[Request],
    allowed: AddressSet,
    blamed: dict[int, AddressSet],
) -> AddressSet:
    """Return the allowed addresses from which one of the requests is not denied; note the Denies' parts.

    `parts` are the allowed addresses of each Deny, `elsewhere` is what else it asks for.
    """
    reached = AddressSet.nothing()
    for request in requests:
        left = allowed
        for at, denied in parts.items():
            if _matches(elsewhere[at], request):
                blamed[at] = blamed.get(at, AddressSet.nothing()) | denied
                left -= denied
        if left == allowed:
            return allowed
        reached |= left
    return reached


def _because(statement: Statement, networks: AddressSet) -> str:
    """Return why networks are shut out."""
    about = [each for each in statement.conditions if folded(each.key) == _SOURCE_IP]
    if not about:
        return f"{named(statement)} denies them like everybody else: it has no condition on `aws:SourceIp`"
    if networks.v6 and not networks.v4 and not any(":" in value for each in about for value in each.values):
        return f"{named(statement)} denies them: its condition on `aws:SourceIp` lists no IPv6 network"
    return f"{named(statement)} denies them by its condition on `aws:SourceIp`"


def _ordinary(space: Space, on_object: bool, allowed: AddressSet, now: datetime) -> Iterator[Request]:
    """Yield ordinary requests, for every class of principal of the owner's account and of objects."""
    for kind in KINDS[Channel.PUBLIC_SIGNED]:
        scenario = Scenario(Channel.PUBLIC_SIGNED, kind, on_object)
        yield from space.ordinary(scenario, sample(allowed), now)
        if not space.tells_principals_apart:
            break


def _matches(side: Side, request: Request) -> bool:
    """Whether a statement matches a request for certain."""
    return not any(_undetermined(folded(each.key), request) for each in side.statement.conditions) and bool(
        statement_matches(side.statement, request, variables=side.variables)
    )


def _undetermined(name: str, request: Request) -> bool:
    """Whether ordinary requests may carry a key that this one does not."""
    if name in request.context or name in IDENTITY:
        return False
    key = key_named(name)
    if key and key.actions is not None and request.action not in key.actions:
        return False
    return presence(key, Channel.PUBLIC_SIGNED, request.principal.kind) is not Presence.ABSENT


def _without_addresses(side: Side) -> Side:
    """Return the statement without the conditions that tell source addresses apart."""
    statement = side.statement
    conditions = tuple(
        each for each in statement.conditions if folded(each.key) != _SOURCE_IP or each.operator == "Null"
    )
    if len(conditions) == len(statement.conditions):
        return side
    return Side(replace(statement, conditions=conditions), side.variables)


def _spares_https(side: Side) -> bool:
    """Whether a condition keeps a statement from every request over TLS, which all ordinary ones are."""
    return any(
        folded(each.key) == _TRANSPORT and holds(each, ("true",), variables=side.variables) is False
        for each in side.statement.conditions
    )


def _denied(side: Side, allowed: AddressSet) -> AddressSet:
    """Return the allowed addresses for which a statement's conditions on the source address hold."""
    denied = allowed
    for condition in side.statement.conditions:
        if folded(condition.key) != _SOURCE_IP or condition.operator == "Null":
            continue
        addresses = address_set(condition, variables=side.variables)
        if addresses is None:
            return AddressSet.nothing()
        denied = denied - addresses if condition.operator in NEGATED else denied & addresses
    return denied
