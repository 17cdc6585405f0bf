"""Cheaper: what is tried where the whole question is too much work.

A proof from fewer Denies is a proof, and a request that gets past all of them is a witness, however few
requests were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from s3_perimeter.documents.document import Rules, Statement
from s3_perimeter.proof.axes.axis import Side
from s3_perimeter.proof.budget import Budget, TooMuchWork
from s3_perimeter.proof.channels import escaping, is_sealed
from s3_perimeter.proof.space import Space
from s3_perimeter.semantics.evaluation import evaluate
from s3_perimeter.semantics.request import Channel, Request

__all__ = ["Cheaper", "Made"]

Made: TypeAlias = Callable[[Sequence[Side], Budget], Space]
"""Makes the space of some of the statements."""

_STEPS = 40_000
_MOST_ATTEMPTS = 5


class Cheaper:
    """The same question in parts that cost less."""

    def __init__(self, policy: Rules, sides: Sequence[Side], made: Made) -> None:
        self._policy = policy
        self._sides = sides
        self._made = made
        self._known: list[Space] = []
        self._left = self._with_fewer()

    def is_sealed(self, channel: Channel) -> bool:
        """Whether some of the Denies cover every request of a channel."""
        for space in chain(list(self._known), self._next()):
            with suppress(TooMuchWork):
                return is_sealed(space, channel)
        return False

    def escaping(self, channel: Channel) -> Request | None:
        """Return a request of a channel that no Deny matches, None where none is found."""
        try:
            request = escaping(self.sampled, channel)
        except TooMuchWork:
            return None
        return request if request and evaluate(self._policy, request).surely_not_denied else None

    @cached_property
    def sampled(self) -> Space:
        """Some of the requests, and all of the Denies."""
        return self._made(self._sides, Budget(_STEPS, sampling=True))

    def _next(self) -> Iterator[Space]:
        """Yield further spaces, and remember each."""
        for space in self._left:
            self._known.append(space)
            yield space

    def _with_fewer(self) -> Iterator[Space]:
        """Yield spaces without the most intricate statements, of ever fewer."""
        kept = [(_intricacy(side.statement), side) for side in self._sides]
        for _ in range(_MOST_ATTEMPTS):
            most = max((weight for weight, _ in kept), default=0)
            if not most:
                return
            kept = [(weight, side) for weight, side in kept if weight <= most // 2]
            yield self._made([side for _, side in kept], Budget(_STEPS))


def _intricacy(statement: Statement) -> int:
    """Return by how many wildcards within patterns, and how many values, a statement tells requests apart."""
    conditions = [each for each in statement.conditions if "Ip" not in each.operator]
    texts = [
        *(statement.resources or ()),
        *(statement.not_resources or ()),
        *(statement.actions or ()),
        *(statement.not_actions or ()),
        *(value for condition in conditions for value in condition.values),
    ]
    wildcards = sum(char in "*?" for text in texts for char in text[:-1])
    return wildcards + len(texts) // 16
