"""Condition key: what there is to know of one: what its values look like, and which requests carry it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, StrEnum
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits
from types import MappingProxyType
from typing import NamedTuple

from s3_perimeter.actions import find_action
from s3_perimeter.semantics.globs import ANYTHING, Charset, Step, Steps, some_of, text_steps
from s3_perimeter.semantics.request import Channel, Kind

__all__ = [
    "ANY_SERVICE",
    "BASES",
    "GREATEST_NUMBER",
    "NAME_CHARS",
    "OWNERS_ACCOUNT",
    "JointAxis",
    "Key",
    "Presence",
    "Shape",
    "form_steps",
    "presence",
]

_ORDER = {channel: at for at, channel in enumerate(Channel)}

OWNERS_ACCOUNT = "owner"
"""What stands for the account of the bucket's owner among the constants of a key."""

GREATEST_NUMBER = 10**30
"""No modelled condition names a number as great."""


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


class Key(NamedTuple):
    """One condition key: its name as AWS writes it, its values, and in which requests it is.

    Fields of many keys:

    - `shape` is what its values look like. `choices` are all values of a key of the shape CHOICE.
    - `channels` says whether requests carry it, in the order of `Channel`.
    - `many`: it is multivalued, so a request holds a set of values.
    - `kinds`: only requests of these kinds of principal carry it; None: of every kind.
    - `actions`: only requests for these actions carry it, as far as is known today; None: for every action.
    - `axis` is where it is decided; None: on an axis of its own.

    Fields of a few keys:

    - `constants` is the one value that it has in each channel.
    - `form` is what its values certainly look like. `usual_form` is what they look like in AWS's examples: no
      proof rests on it, and every witness has it.
    - `forms` and `usual_forms` are the same by kind of principal.
    - `example` is the value that a witness shows where any will do.
    - `ordinary` is what an ordinary request of a person holds.
    - `follows_from_principal`: for these kinds of principal, the value follows from who makes the request.
    - `maybe_not_of_cloudfront`: every signed request carries it, but for CloudFront's origin access identity
      this is not documented.
    - `ipv4_only`: it holds IPv4 addresses only.
    - `longest_age` is how long ago its moment can be at most.
    """

    name: str
    shape: Shape
    channels: tuple[Presence, ...]
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
        """Whether a request for an action can carry it, by what is documented."""
        return self.actions is None or action in self.actions

    def may_be_of(self, action: str) -> bool:
        """Whether a request for an action may carry it. Of an action to come, nobody knows what it takes."""
        return self.taken_by(action) or find_action(action) is None


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


_LOWER = ascii_lowercase + digits
_WORD = ascii_lowercase + ascii_uppercase + digits
NAME_CHARS = _WORD + "+=,.@_-"
"""What names of users, roles and sessions are made of ("IAM and AWS STS quotas")."""

BASES: dict[Shape, Steps] = {
    Shape.TEXT: (Step(ANYTHING, many=True),),
    Shape.ARN: (
        *text_steps("arn:"),
        *some_of(ascii_lowercase + "-"),
        *text_steps(":"),
        *some_of(_LOWER + "-"),
        *text_steps(":"),
        Step(Charset(frozenset(":"), out=True), many=True),
        *text_steps(":"),
        Step(Charset(frozenset(":"), out=True), many=True),
        *text_steps(":"),
        Step(ANYTHING),
        Step(ANYTHING, many=True),
    ),
    Shape.ACCOUNT: some_of(digits, least=12)[:-1],
    Shape.SERVICE: (*some_of(_LOWER + ".-"), *text_steps(".amazonaws.com")),
}


ANY_SERVICE = some_of(_LOWER + ".-")
"""What a service's name may be in any partition: the documentation gives examples only."""


_PARTS: dict[str, Steps] = {
    "id": some_of(_LOWER),
    "path": (Step(Charset(frozenset(_LOWER + "/-")), many=True),),
    "region": some_of(_LOWER + "-"),
    "account": BASES[Shape.ACCOUNT],
    "access-point": some_of(_LOWER + "-", least=3),
    "function": some_of(_WORD + "-_"),
    "unique": some_of(ascii_uppercase + digits),
    "session": some_of(NAME_CHARS, least=2),
}
"""What stands for a part of a form."""
_PART = re.compile(r"\{([a-z-]+)\}")


@lru_cache(maxsize=256)
def form_steps(form: str, partition: str) -> Steps:
    """Return the pattern of a form, which is text with parts in braces."""
    found: list[Step] = []
    for at, piece in enumerate(_PART.split(form.replace("{partition}", partition))):
        found += _PARTS[piece] if at % 2 else text_steps(piece)
    return tuple(found)
