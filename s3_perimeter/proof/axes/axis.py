"""The words of a proof: scenarios, dimensions and the classes of requests in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Statement
from s3_perimeter.proof.doubt import Doubt
from s3_perimeter.semantics.request import Channel, Kind, Principal

__all__ = ["Assumed", "Assumption", "Atom", "Dimension", "Exempt", "Scenario", "Side", "Universe", "Values"]

Values = tuple[str, ...]

Assumption: TypeAlias = tuple[str, bool]
"""Something that is not documented, by its name, and which way it is taken to be. One name is one fact: it is
the same for every statement, and for a condition and its negation it is one way for one and the other for the
other.
"""
Assumed: TypeAlias = tuple[int, frozenset[Assumption]]
"""Classes, as bits, that a statement covers under some assumptions."""


class Side(NamedTuple):
    """One statement, with whether its policy's Version knows policy variables."""

    statement: Statement
    variables: bool


class Atom(NamedTuple):
    """One class of a dimension by its representative: condition keys (None: absent), or what is no key.

    A `recreated` principal has the ARN of one that was deleted: an element that named that one does not name
    it. A `hollow` key is there with an empty text, and counts as absent for ``Null``. Of keys in `unsaid`
    nothing is documented: neither whether they are there nor what they hold.
    """

    context: Mapping[str, Values | None] = MappingProxyType({})
    addresses: AddressSet | None = None
    principal: Principal | None = None
    action: str | None = None
    resource: str | None = None
    recreated: bool = False
    hollow: bool = False
    unsaid: frozenset[str] = frozenset()


class Dimension(NamedTuple):
    """The classes of a dimension and, statement by statement, which of them it covers for certain, as bits;
    `doubts` has what else the statement of a number covers, and under which assumptions.
    """

    atoms: tuple[Atom, ...]
    masks: tuple[int, ...]
    doubts: Mapping[int, tuple[Assumed, ...]] = MappingProxyType({})

    @property
    def full(self) -> int:
        """Every class."""
        return (1 << len(self.atoms)) - 1


class Universe(NamedTuple):
    """The source addresses that count, from a moment on; `of_services` may be those of requests that AWS
    services send, besides.
    """

    addresses: AddressSet
    since: datetime
    of_services: AddressSet = AddressSet.nothing()


class Scenario(NamedTuple):
    """Requests of one sort, decided together.

    `universe` is an index, and `doubt` says how what is not documented is taken. With
    `only_actions_with_key`, the scenario is about the actions alone that carry this key.
    """

    channel: Channel
    kind: Kind
    on_object: bool
    universe: int = 0
    doubt: Doubt = Doubt.PROVING
    only_actions_with_key: str | None = None


class Exempt(NamedTuple):
    """What is in no universe: the declared exemptions, and with `all_but` whoever has no ARN like that."""

    vpc_endpoints: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    all_but: str = ""
