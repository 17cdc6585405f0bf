"""Scenarios: who makes the requests of one scenario, and which condition keys they carry."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from s3_perimeter.proof.axes.axis import Scenario
from s3_perimeter.proof.denies import known_key
from s3_perimeter.proof.doubt import Doubt
from s3_perimeter.proof.keys import Presence, presence
from s3_perimeter.semantics.request import Channel, Kind

__all__ = ["KINDS", "LONGEST_SESSION", "by_service", "kinds_told_apart", "presence_in"]

_SIGNED = (Kind.USER, Kind.ROLE, Kind.ROOT, Kind.FEDERATED_USER)
KINDS = {
    Channel.PUBLIC_SIGNED: _SIGNED,
    Channel.PUBLIC_ANONYMOUS: (Kind.ANONYMOUS,),
    Channel.FORWARD_ACCESS: _SIGNED,
    Channel.VPC_ENDPOINT: (*_SIGNED, Kind.ANONYMOUS),
    Channel.AWS_SERVICE: (Kind.SERVICE,),
}
"""The kinds of principals whose requests arrive by a channel."""
LONGEST_SESSION = timedelta(hours=36)
"""How long temporary credentials can be good for ("Requesting temporary security credentials")."""


_MAYBE_NOT_OF_CLOUDFRONT = ("aws:principalisawsservice", "aws:userid")
"""Keys of every signed request, of which it is not documented that an origin access identity's has them."""


@lru_cache(maxsize=256)
def kinds_told_apart(
    channel: Channel, keys: frozenset[str], kinds: tuple[Kind, ...] = ()
) -> tuple[Kind, ...]:
    """Return the kinds of principals of a channel that conditions on those keys tell apart, one of each; of
    those `kinds` only, where some are given.
    """
    kinds = kinds or KINDS[channel]
    if "aws:userid" in keys:
        return kinds
    told_apart: dict[tuple[Presence, ...], Kind] = {}
    for kind in kinds:
        told_apart.setdefault(tuple(presence(known_key(name), channel, kind) for name in keys), kind)
    return tuple(told_apart.values())


def by_service(scenario: Scenario) -> bool:
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
    if name in ("aws:resourceaccount", "s3:resourceaccount") and account is None:
        return Presence.DOUBTFUL
    if name == "aws:userid" and scenario.kind in (Kind.ROOT, Kind.FEDERATED_USER):
        # It follows from the account, which is another dimension.
        return Presence.DOUBTFUL if scenario.doubt is Doubt.WITNESS else Presence.PRESENT
    if name in _MAYBE_NOT_OF_CLOUDFRONT and _may_be_cloudfront(scenario):
        return Presence.FREE
    some_actions = key.actions is not None and scenario.only_actions_with_key != name
    if scenario.doubt is Doubt.WITNESS and some_actions:
        return Presence.ABSENT
    if scenario.doubt is Doubt.DOCUMENTED and found is Presence.DOUBTFUL:
        return found if set(key.channels) <= {Presence.DOUBTFUL, Presence.ABSENT} else Presence.ABSENT
    return found
