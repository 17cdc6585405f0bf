"""Members: who has to get in, from which addresses when, and which Denies plainly match none of them.

A fence that exempts somebody spares them by one condition, and where all Denies do there is nothing to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Condition, Rule
from s3_perimeter.documents.folding import folded
from s3_perimeter.endpoints import ENDPOINT_KEYS, endpoint_key
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.axes.axis import Values
from s3_perimeter.proof.axes.time import moment_classes
from s3_perimeter.proof.jobs import Whom
from s3_perimeter.proof.keys import SOURCE_IP, TIME_KEYS, Presence, key_named, presence
from s3_perimeter.proof.networks import address_set, addresses_named, split
from s3_perimeter.proof.outside import Universe
from s3_perimeter.proof.values import moments
from s3_perimeter.semantics.conditions import NEGATED, holds

__all__ = ["Members", "spares", "spares_bare"]

_EVERYONE: dict[str, Values | None] = {"aws:securetransport": ("true",), "aws:viaawsservice": ("false",)}
_PERSON: dict[str, Values | None] = {
    **_EVERYONE,
    "aws:principalisawsservice": ("false",),
    "aws:principalservicename": None,
}
_NO_NETWORK: dict[str, Values | None] = dict.fromkeys(
    ("aws:sourcevpc", "aws:vpcsourceip", *(key.lower() for key in ENDPOINT_KEYS))
)
_OVER_THE_INTERNET = {**_PERSON, **_NO_NETWORK}


class Members:
    """An allow-list over time: `now` is what is allowed at first, `moments` those to look at, in order."""

    def __init__(
        self,
        perimeter: Perimeter,
        since: datetime,
        universes: Iterable[Universe],
        about_time: Sequence[tuple[Condition, bool]],
    ) -> None:
        self._expiring = [(entry.until, entry.addresses) for entry in perimeter.expiring]
        self._known: dict[datetime, AddressSet] = {}
        self.now = perimeter.allowed
        self.now = self.at(since)
        self.moments = [since]
        if about_time:
            known = [since, *(max(since, universe.since) for universe in universes)]
            self.moments = moments(about_time, known, finer=False)

    def at(self, moment: datetime) -> AddressSet:
        """Return the addresses that are allowed at a moment."""
        if moment not in self._known:
            left = self.now
            for until, addresses in self._expiring:
                left = left - addresses if until <= moment else left
            self._known[moment] = left
        return self._known[moment]

    def parts(self, about_addresses: Iterable[tuple[Condition, bool]]) -> list[AddressSet]:
        """Return the parts of what is allowed that conditions and expiring entries distinguish."""
        expiring = [addresses for _, addresses in self._expiring]
        named = [each for each in addresses_named(about_addresses) if each not in expiring]
        return [part for part, _ in split(self.now, [*expiring, *named])]


def spares(rule: Rule, whom: Whom, members: Members) -> bool:
    """Whether a statement matches no request of somebody, by one condition on a key of which it is known what
    those hold.
    """
    if whom.are_members and not _denies_members(rule, members):
        return True
    known = _known(whom)
    for condition in rule.statement.conditions:
        name = folded(condition.key)
        if name in known and holds(condition, known[name], variables=rule.variables) is False:
            return True
    return False


def spares_bare(rule: Rule, whom: Whom) -> bool:
    """Whether a statement matches no request of somebody that carries no key which it need not carry. Where
    all spare those, no value of such a key has to be looked at.
    """
    for condition in rule.statement.conditions:
        name = folded(condition.key)
        key = key_named(name)
        if (
            key is not None
            and not key.ordinary
            and presence(key, whom.channel, whom.kinds[0]) in (Presence.FREE, Presence.DOUBTFUL)
            and holds(condition, None, variables=rule.variables) is False
        ):
            return True
    return False


def _denies_members(rule: Rule, members: Members) -> bool:
    """Whether a statement's conditions on addresses and time hold for an address that is allowed then."""
    denied = _denied(rule, members.now)
    about_time = [each for each in rule.statement.conditions if folded(each.key) in TIME_KEYS]
    if not denied or not about_time:
        return bool(denied)
    for moment, its_class in zip(members.moments, moment_classes(members.moments), strict=True):
        held = (
            holds(each, its_class.context[folded(each.key)], variables=rule.variables) for each in about_time
        )
        if False not in held and denied & members.at(moment):
            return True
    return False


def _known(whom: Whom) -> Mapping[str, Values | None]:
    """Return what is known of keys in every request of somebody; None is an absent one."""
    if whom.service is not None:
        named = {"aws:principalservicename": (whom.service,)} if whom.service else {}
        service = {"aws:principalisawsservice": ("true",), SOURCE_IP: None}
        return {**_EVERYONE, **_NO_NETWORK, **service, **named}
    if whom.endpoint is not None:
        return {**_PERSON, SOURCE_IP: None, endpoint_key(whom.endpoint).lower(): (whom.endpoint,)}
    if whom.arn is None or set(whom.arn) & set("*?"):
        return _OVER_THE_INTERNET
    return {**_OVER_THE_INTERNET, "aws:principalarn": (whom.arn,)}


def _denied(rule: Rule, allowed: AddressSet) -> AddressSet:
    """Return the allowed addresses for which a statement's conditions on the source address hold."""
    denied = allowed
    for condition in rule.statement.conditions:
        if folded(condition.key) != SOURCE_IP or condition.operator == "Null":
            continue
        addresses = address_set(condition)
        if addresses is None:
            return AddressSet.nothing()
        denied = denied - addresses if condition.operator in NEGATED else denied & addresses
    return denied
