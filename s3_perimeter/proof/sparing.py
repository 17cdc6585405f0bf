"""Sparing: which Denies plainly match no request of somebody who has to get in.

A fence that exempts somebody spares them by one condition, and where all Denies do there is nothing to ask.
"""

from __future__ import annotations

from collections.abc import Mapping

from s3_perimeter.addresses import AddressSet
from s3_perimeter.proof.axes.address import address_set
from s3_perimeter.proof.axes.axis import Side, Values
from s3_perimeter.proof.axes.key import moment_atoms
from s3_perimeter.proof.jobs import Whom
from s3_perimeter.proof.keys import TIME, Presence, key_named, presence
from s3_perimeter.proof.membership import Membership
from s3_perimeter.semantics.conditions import NEGATED, holds
from s3_perimeter.semantics.patterns import folded

__all__ = ["spares", "spares_bare"]

_SOURCE_IP = "aws:sourceip"
_ENDPOINT = "aws:sourcevpce"
_SIGNED_WITH = ("s3:authtype", "s3:signatureversion")
_EVERYONE: dict[str, Values | None] = {"aws:securetransport": ("true",), "aws:viaawsservice": ("false",)}
_PERSON: dict[str, Values | None] = {
    **_EVERYONE,
    "aws:principalisawsservice": ("false",),
    "aws:principalservicename": None,
}
_NO_NETWORK: dict[str, Values | None] = dict.fromkeys((_ENDPOINT, "aws:sourcevpc", "aws:vpcsourceip"))


def spares(side: Side, whom: Whom, membership: Membership) -> bool:
    """Whether a statement matches no request of somebody, by one condition on a key of which it is known what
    those hold.
    """
    if whom.are_members and not _denies_members(side, membership):
        return True
    known = _known(whom)
    for condition in side.statement.conditions:
        name = folded(condition.key)
        if name in known and holds(condition, known[name], variables=side.variables) is False:
            return True
    return False


def spares_bare(side: Side, whom: Whom) -> bool:
    """Whether a statement matches no request of somebody that carries no key which it need not carry. Where
    all spare those, no value of such a key has to be looked at.
    """
    for condition in side.statement.conditions:
        name = folded(condition.key)
        key = key_named(name)
        if (
            key is not None
            and name not in _SIGNED_WITH
            and presence(key, whom.channel, whom.kinds[0]) in (Presence.FREE, Presence.DOUBTFUL)
            and holds(condition, None, variables=side.variables) is False
        ):
            return True
    return False


def _denies_members(side: Side, membership: Membership) -> bool:
    """Whether a statement's conditions on addresses and time hold for an address that is allowed then."""
    denied = _denied(side, membership.now)
    about_time = [each for each in side.statement.conditions if folded(each.key) in TIME]
    if not denied or not about_time:
        return bool(denied)
    for moment, atom in zip(membership.moments, moment_atoms(membership.moments), strict=True):
        held = (holds(each, atom.context[folded(each.key)], variables=side.variables) for each in about_time)
        if False not in held and denied & membership.at(moment):
            return True
    return False


def _known(whom: Whom) -> Mapping[str, Values | None]:
    """Return what is known of keys in every request of somebody; None is an absent one."""
    if whom.service is not None:
        named = {"aws:principalservicename": (whom.service,)} if whom.service else {}
        service = {"aws:principalisawsservice": ("true",), _SOURCE_IP: None}
        return {**_EVERYONE, **_NO_NETWORK, **service, **named}
    if whom.endpoint is not None:
        return {**_PERSON, _SOURCE_IP: None, _ENDPOINT: (whom.endpoint,)}
    plain = whom.arn is not None and not set(whom.arn) & set("*?")
    return {**_PERSON, **_NO_NETWORK, **({"aws:principalarn": (whom.arn or "",)} if plain else {})}


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
