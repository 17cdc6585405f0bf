"""Key: what there is to know of one condition key, and whether a request carries it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from s3_perimeter.semantics.request import Channel, Kind

__all__ = ["OWNERS_ACCOUNT", "ByChannel", "JointAxis", "Key", "Presence", "Shape", "presence"]

_ORDER = {channel: at for at, channel in enumerate(Channel)}

OWNERS_ACCOUNT = "the owner's account"
"""What stands for the account of the bucket's owner among the constants of a key."""


class Shape(StrEnum):
    """What a key's values look like; it decides which operators are modelled on the key."""

    TEXT = "any text"
    ARN = "an ARN"
    ACCOUNT = "an account id"
    SERVICE = "a service principal's name"
    CHOICE = "one of a few words"
    ADDRESS = "an IP address"
    NUMBER = "a whole number from 0"
    MOMENT = "a moment"


class Presence(Enum):
    """Whether requests of a channel carry a key.

    DOUBTFUL is what AWS does not document or what only the owner's set-up decides: free for the attacker
    while proving, and never what an escape rests on.
    """

    ABSENT = "absent"
    PRESENT = "present"
    FREE = "free"
    DOUBTFUL = "doubtful"


class JointAxis(Enum):
    """An axis that decides several keys together, or one with more than its values."""

    PRINCIPAL = "who makes the request"
    TIME = "when it is made"
    TRANSPORT = "how it is sent"
    ADDRESS = "where it comes from"


ByChannel: TypeAlias = tuple[Presence, Presence, Presence, Presence, Presence]
"""Presence in the order of Channel: signed, anonymous, forward access, VPC endpoint, service."""


class Key(NamedTuple):
    """One condition key: its name as AWS writes it, its values, and in which requests it is.

    `choices` are all values of a key of that shape; with `many` it holds a set of values. `kinds`, where
    given, are the only principals whose requests carry the key, `actions` those whose requests can carry it
    as far as is known today. `axis` is where the key is decided; None: on an axis of its own.

    The rest is what single keys have to themselves. `constants` is the one value that it has in each
    channel. `form` is what its values surely look like, `usual_form` as far as is known: no proof rests on
    it, since the documentation gives examples only, and no witness has another one. `forms` and `usual_forms`
    are the same by kind of principal. `example` reads well in a witness, and `ordinary` is what an ordinary
    request of a person holds. What `follows_from_principal`, of those kinds, is no choice of its own. A key
    that is `maybe_not_of_cloudfront` is one of every signed request, of which it is not documented that an
    origin access identity's has it. `longest_age` is how far a moment can lie back.
    """

    name: str
    shape: Shape
    channels: ByChannel
    choices: tuple[str, ...] = ()
    many: bool = False
    kinds: frozenset[Kind] | None = None
    actions: frozenset[str] | None = None
    axis: JointAxis | None = None
    constants: tuple[str, str, str, str, str] | None = None
    form: str = ""
    usual_form: str = ""
    forms: Mapping[Kind, str] = MappingProxyType({})
    usual_forms: Mapping[Kind, str] = MappingProxyType({})
    example: str = ""
    ordinary: str = ""
    follows_from_principal: frozenset[Kind] = frozenset()
    maybe_not_of_cloudfront: bool = False
    ipv4_only: bool = False
    longest_age: timedelta | None = None

    @property
    def is_owners_account(self) -> bool:
        """Whether it holds the account of the bucket's owner."""
        return self.constants is not None and OWNERS_ACCOUNT in self.constants

    @property
    def differs_by_kind(self) -> bool:
        """Whether its values look otherwise from one kind of principal to another."""
        return bool(self.forms)

    def constant(self, channel: Channel, account: str | None) -> str | None:
        """Return the one value that it has in a channel, None where it can have several; `account` is the
        owner's, None where unknown.
        """
        found = self.constants[_ORDER[channel]] if self.constants else None
        return account if found == OWNERS_ACCOUNT else found

    def taken_by(self, action: str) -> bool:
        """Whether a request for an action can carry it."""
        return self.actions is None or action in self.actions


def presence(key: Key | None, channel: Channel, kind: Kind) -> Presence:
    """Return whether requests of a channel and kind of principal carry a key; an unknown one is doubtful."""
    if key is None:
        return Presence.DOUBTFUL
    found = key.channels[_ORDER[channel]]
    if found is Presence.ABSENT or (key.kinds is not None and kind not in key.kinds):
        return Presence.ABSENT
    if kind is Kind.ANONYMOUS and key.channels[_ORDER[Channel.PUBLIC_SIGNED]] is not Presence.ABSENT:
        # No network key, so it is the missing signature that decides, over a VPC endpoint too.
        return key.channels[_ORDER[Channel.PUBLIC_ANONYMOUS]]
    return found
