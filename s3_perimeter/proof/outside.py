"""Outside: the requests that have to be denied, scenario by scenario.

A scenario is made of a channel, a kind of principal, the bucket or its objects, and a period: requests of one
sort, which are decided together. `Doubt` says how a question treats what AWS does not document.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from s3_perimeter.addresses import AddressSet
from s3_perimeter.fence import Perimeter
from s3_perimeter.proof.bucket import Bucket
from s3_perimeter.proof.condition_key import Presence, presence
from s3_perimeter.proof.keys import known_key
from s3_perimeter.semantics.request import Channel, Kind
from s3_perimeter.semantics.special_networks import MAPPED, NOT_PUBLIC

__all__ = [
    "KINDS",
    "WITH_ADDRESS",
    "Doubt",
    "Exemptions",
    "Outside",
    "Period",
    "Scenario",
    "distinguished_kinds",
    "may_bring_what_is_undocumented",
    "presence_in",
]


class Doubt(Enum):
    """Who gets the benefit of the doubt.

    PROVING: the attacker. Whatever is not documented may be so, in every way that suits them, and what a
    statement covers is only what it covers for certain.
    WITNESS: the policy. Requests are those that surely exist, and a statement that may cover one counts as
    covering it, so that a request which is left gets through for certain.
    DOCUMENTED: nobody, where two policies are compared by what AWS documents: a key is absent where it is
    doubtful in a channel and documented in another.
    EVERYTHING: nobody, where they are compared by all that may be. In both policies alike, a key is absent
    of which AWS says nothing.
    """

    PROVING = "proving"
    WITNESS = "witness"
    DOCUMENTED = "documented"
    EVERYTHING = "everything"

    @property
    def takes_in_the_undocumented(self) -> bool:
        """Whether requests are looked at of which it is not documented that they exist."""
        return self in (Doubt.PROVING, Doubt.EVERYTHING)

    @property
    def is_comparing(self) -> bool:
        """Whether two sides are compared, for which what is not documented is the same."""
        return self in (Doubt.DOCUMENTED, Doubt.EVERYTHING)


_SIGNED = (Kind.USER, Kind.ROLE, Kind.ROOT, Kind.FEDERATED_USER)
KINDS = {
    Channel.PUBLIC_SIGNED: _SIGNED,
    Channel.PUBLIC_ANONYMOUS: (Kind.ANONYMOUS,),
    Channel.FORWARD_ACCESS: _SIGNED,
    Channel.VPC_ENDPOINT: (*_SIGNED, Kind.ANONYMOUS),
    Channel.AWS_SERVICE: (Kind.SERVICE,),
}
"""The kinds of principals whose requests arrive by a channel."""

WITH_ADDRESS = (Channel.PUBLIC_SIGNED, Channel.PUBLIC_ANONYMOUS, Channel.FORWARD_ACCESS)
"""The channels in which every request has a source address by the documentation."""


_UNMAPPED = ~MAPPED


class Period(NamedTuple):
    """The period of a scenario: source addresses that are outside, from the moment `since` on.

    Requests that AWS services send may also come from `of_services`: addresses on the allow-list that are not
    public.
    """

    addresses: AddressSet
    since: datetime
    of_services: AddressSet = AddressSet.nothing()


class Exemptions(NamedTuple):
    """What is in no period: the declared exemptions, and with `all_but_service_linked` whoever is no
    service-linked role.
    """

    vpc_endpoints: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    all_but_service_linked: bool = False


class Outside(NamedTuple):
    """The bucket, and the requests about it that count: those of the periods that are not exempt.

    `not_public` are the addresses of the allow-list that are not public.
    """

    bucket: Bucket
    periods: Sequence[Period]
    exempt: Exemptions = Exemptions()
    not_public: AddressSet = AddressSet.nothing()

    @classmethod
    def of(cls, perimeter: Perimeter, since: datetime, services: tuple[str, ...] = ()) -> Outside:
        """Return what is outside a perimeter: what is not allowed, and what is not any more, each from a
        moment on. The exemptions are the perimeter's, and services by name.
        """
        not_public = perimeter.allowed & NOT_PUBLIC
        expired = [
            Period(entry.addresses - MAPPED, max(since, entry.until.astimezone(UTC)))
            for entry in perimeter.expiring
        ]
        never = Period(_UNMAPPED - perimeter.allowed, since, of_services=not_public - MAPPED)
        exempt = Exemptions(perimeter.vpc_endpoints, perimeter.break_glass, services)
        return cls(Bucket.of(perimeter), [never, *expired], exempt, not_public)

    def period_numbers(self, channel: Channel) -> Sequence[int]:
        """Return the periods that count in a channel; one without addresses has only the first one's time.

        A service's request may come from an address that has expired, and from none.
        """
        if channel is Channel.AWS_SERVICE:
            return range(len(self.periods))
        if channel not in WITH_ADDRESS:
            return (0,)
        return [number for number, period in enumerate(self.periods) if period.addresses]


class Scenario(NamedTuple):
    """Requests of one sort, decided together.

    `period` is the number of its period in `Outside.periods`. `doubt` says how the question
    treats what is not documented. With `only_actions_with_key`, only the actions count that carry this key.
    """

    channel: Channel
    kind: Kind
    on_object: bool
    period: int = 0
    doubt: Doubt = Doubt.PROVING
    only_actions_with_key: str | None = None

    @property
    def is_for_witness(self) -> bool:
        """Whether a request that is left has to get through for certain."""
        return self.doubt is Doubt.WITNESS


@lru_cache(maxsize=256)
def distinguished_kinds(
    channel: Channel, keys: frozenset[str], kinds: tuple[Kind, ...] = ()
) -> tuple[Kind, ...]:
    """Return the kinds of principals of a channel that conditions on those keys distinguish, one of each; of
    those `kinds` only, where some are given.
    """
    kinds = kinds or KINDS[channel]
    if any(known_key(name).differs_by_kind for name in keys):
        return kinds
    distinguished: dict[tuple[Presence, ...], Kind] = {}
    for kind in kinds:
        distinguished.setdefault(tuple(presence(known_key(name), channel, kind) for name in keys), kind)
    return tuple(distinguished.values())


def may_bring_what_is_undocumented(scenario: Scenario) -> bool:
    """Whether a service sends the request, and every doubt counts.

    It may come with ``aws:SourceIp`` as well as without: by the documentation only VPC endpoints take the
    key away, and in practice services do. And it may come without ``s3:TlsVersion``, the client's.
    """
    service = scenario.channel in (Channel.FORWARD_ACCESS, Channel.AWS_SERVICE)
    return service and scenario.doubt.takes_in_the_undocumented


def _may_be_cloudfront(scenario: Scenario) -> bool:
    """Whether CloudFront's origin access identity, a user by its ARN, may send it, and every doubt counts."""
    over_it = scenario.channel is Channel.PUBLIC_SIGNED and scenario.kind is Kind.USER
    return over_it and scenario.doubt.takes_in_the_undocumented


@lru_cache(maxsize=1024)
def presence_in(scenario: Scenario, name: str, account: str | None) -> Presence:
    """Return whether the scenario's requests carry a key; `account` is the owner's, None where unknown."""
    key = known_key(name)
    found = presence(key, scenario.channel, scenario.kind)
    if key.is_owners_account and account is None:
        return Presence.DOUBTFUL
    if scenario.kind in key.follows_from_principal:
        return Presence.DOUBTFUL if scenario.is_for_witness else Presence.PRESENT
    if key.maybe_not_of_cloudfront and _may_be_cloudfront(scenario):
        return Presence.FREE
    if scenario.is_for_witness and key.actions is not None and scenario.only_actions_with_key != name:
        return Presence.ABSENT
    if scenario.doubt is Doubt.DOCUMENTED and found is Presence.DOUBTFUL:
        return found if set(key.channels) <= {Presence.DOUBTFUL, Presence.ABSENT} else Presence.ABSENT
    return found
