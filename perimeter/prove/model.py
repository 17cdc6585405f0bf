"""The words of a proof: scenarios, dimensions and the classes of requests in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from perimeter.addresses import AddressSet
from perimeter.document import Statement
from perimeter.request import Channel, Kind, Principal

__all__ = ["Atom", "Dimension", "Exempt", "Scenario", "Side", "Universe"]

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One statement, with whether its policy's Version knows policy variables."""

    statement: Statement
    variables: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """One class of a dimension by its representative: condition keys (None: absent), or what is no key."""

    context: Mapping[str, Values | None] = field(default_factory=dict)
    addresses: AddressSet | None = None
    principal: Principal | None = None
    action: str | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """The classes of a dimension and, statement by statement, which of them it covers, as bits."""

    atoms: tuple[Atom, ...]
    masks: tuple[int, ...]

    @property
    def full(self) -> int:
        """Every class."""
        return (1 << len(self.atoms)) - 1


@dataclass(frozen=True, slots=True)
class Universe:
    """The source addresses that count, from a moment on."""

    addresses: AddressSet
    since: datetime


@dataclass(frozen=True, slots=True)
class Scenario:
    """Requests of one sort, decided together.

    With `plausible`, only what surely can happen is in the universe and everything doubtful is taken to
    match: what escapes then escapes for certain. Without it the attacker gets the benefit of every doubt.
    `focus` is a key that only some actions carry; the scenario is about those actions alone. `universe` is an
    index. With `usual`, a key that is doubtful in this channel but not in every one is absent.
    """

    channel: Channel
    kind: Kind
    on_object: bool
    universe: int = 0
    plausible: bool = False
    focus: str | None = None
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Exempt:
    """What is in no universe: the declared exemptions."""

    vpc_endpoints: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
