"""Cut: an axis in finitely many classes of requests, and which of them each statement covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from s3_perimeter.addresses import AddressSet
from s3_perimeter.proof.axes.unmodelled import Assumption
from s3_perimeter.proof.values import sample
from s3_perimeter.semantics.request import Principal

__all__ = ["Assumed", "Covered", "Cut", "RequestClass", "Values"]

Values: TypeAlias = tuple[str, ...]

Assumed: TypeAlias = tuple[int, frozenset[Assumption]]
"""Classes, as bits, that a statement covers under some assumptions."""


class RequestClass(NamedTuple):
    """One class of an axis by its representative: condition keys (None: absent), or what is no key.

    A `recreated` principal has the ARN of one that was deleted, and another unique id: an element that named
    the deleted one does not match it. An `empty_text` is there, and counts as absent for ``Null``. Of keys in
    `unsaid` nothing is documented: neither whether they are there nor what they hold.
    """

    context: Mapping[str, Values | None] = MappingProxyType({})
    addresses: AddressSet | None = None
    principal: Principal | None = None
    action: str | None = None
    resource: str | None = None
    moment: datetime | None = None
    recreated: bool = False
    empty_text: bool = False
    unsaid: frozenset[str] = frozenset()

    @classmethod
    def of_addresses(cls, key: str, addresses: AddressSet) -> RequestClass:
        """Return the class of some addresses, which an address key holds."""
        return cls({key: (sample(addresses),)}, addresses=addresses)


class Covered(NamedTuple):
    """The classes that a statement covers for certain, as bits, and what else under which assumptions.

    The first class is the lowest bit; bits beyond the last class are undefined. `unknown` says in words what
    the assumptions are about.
    """

    bits: int
    assumed: tuple[Assumed, ...] = ()
    unknown: tuple[str, ...] = ()


class Cut:
    """An axis cut into classes, with the classes that each statement covers.

    `covered` has, by the number of a statement, the classes that it covers for certain, as bits. `assumed`
    has what else it covers, and under which assumptions. `unknown` says in words what those are about.
    """

    def __init__(
        self,
        classes: tuple[RequestClass, ...],
        covered: tuple[int, ...] = (),
        assumed: Mapping[int, tuple[Assumed, ...]] = MappingProxyType({}),
        unknown: tuple[str, ...] = (),
    ) -> None:
        self.classes = classes
        self.covered = covered
        self.assumed = assumed
        self.unknown = unknown
        self._without: dict[str, int] = {}

    @property
    def full(self) -> int:
        """Every class, as bits."""
        return (1 << len(self.classes)) - 1

    def without(self, key: str) -> int:
        """Return the classes in which a condition key is absent, as bits."""
        if key not in self._without:
            self._without[key] = self.where(lambda each: each.context.get(key) is None)
        return self._without[key]

    def where(self, holds_for: Callable[[RequestClass], bool]) -> int:
        """Return the classes for which something holds, as bits."""
        return sum(1 << at for at, each in enumerate(self.classes) if holds_for(each))

    def chosen(self, bits: int) -> Iterator[RequestClass]:
        """Yield the classes of some bits."""
        return (each for at, each in enumerate(self.classes) if bits >> at & 1)
