"""Attempts: how a channel is decided, the whole question first, then what costs less.

A layer that seals a channel seals it for all. A proof from fewer Denies is a proof, and a request that gets
past all of them is a witness, however few requests were looked at. The first definite answer wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import TypeAlias, TypeVar

from s3_perimeter.addresses import AddressSet
from s3_perimeter.documents.document import Rules, Statement
from s3_perimeter.proof.boxes import uncovered
from s3_perimeter.proof.denies import denies_of
from s3_perimeter.proof.outside import Doubt, Outside, Scenario
from s3_perimeter.proof.space import Space
from s3_perimeter.proof.work import Budget, TooMuchWork
from s3_perimeter.semantics.evaluation import evaluate
from s3_perimeter.semantics.request import Channel, Request

__all__ = ["Attempts", "Found", "first_answer", "open_networks"]

Found: TypeAlias = Request | str | None
"""A request that gets through, or why there is neither such a request nor a proof, or None: sealed."""

T = TypeVar("T")

_STEPS = 40_000
_MOST_ATTEMPTS = 5
_NEITHER = "neither proved nor refuted: what might get through depends on something that is not modelled"
_DENIED = "the evaluator denies the witness that was found: this is a bug, please report it"


def first_answer(attempts: Iterable[Callable[[], T]]) -> T:
    """Return the first answer that an attempt comes to.

    Raises TooMuchWork with the reason of the first attempt where none comes to one.
    """
    reason: TooMuchWork | None = None
    for attempt in attempts:
        try:
            return attempt()
        except TooMuchWork as why:
            reason = reason or why
    raise reason or TooMuchWork("nothing was tried")


class Attempts:
    """The Denies of some policies about what is outside, decided channel by channel; `full` is the space of
    all requests.
    """

    def __init__(self, policy: Rules, outside: Outside) -> None:
        self._policy = policy
        self._outside = outside
        self._denies = denies_of(policy)
        self.full = Space(self._denies, outside, Budget())

    @cached_property
    def sampled(self) -> Space:
        """Some of the requests, and all Denies."""
        return Space(self._denies, self._outside, Budget(_STEPS, sampling=True))

    def found(self, channel: Channel) -> Found:
        """Return what the Denies let through by a channel."""
        if self.full.sealed_by_one:
            return None
        attempts = (self._in_full, self._with_fewer_denies, self._by_samples)
        try:
            return first_answer(partial(attempt, channel) for attempt in attempts)
        except TooMuchWork as reason:
            return f"not decided, {reason}"

    def _in_full(self, channel: Channel) -> Found:
        """Return what the whole question comes to."""
        if _is_sealed(self.full, channel):
            return None
        request = _escaping(self.full, channel)
        if request is None:
            return _NEITHER
        return request if evaluate(self._policy, request).surely_not_denied else _DENIED

    def _with_fewer_denies(self, channel: Channel) -> Found:
        """Return None where some of the Denies cover every request of a channel."""
        for space in self._with_ever_fewer:
            try:
                if _is_sealed(space, channel):
                    return None
                break
            except TooMuchWork:
                continue
        raise TooMuchWork("no few Denies cover everything")

    def _by_samples(self, channel: Channel) -> Found:
        """Return a request of a channel that no Deny matches."""
        request = _escaping(self.sampled, channel)
        if request is None or not evaluate(self._policy, request).surely_not_denied:
            raise TooMuchWork("no sample gets through")
        return request

    @cached_property
    def _with_ever_fewer(self) -> Sequence[Space]:
        """Spaces without the most intricate statements, of ever fewer."""
        found = []
        kept = [(_intricacy(each), each) for each in self._denies]
        for _ in range(_MOST_ATTEMPTS):
            most = max((weight for weight, _ in kept), default=0)
            if not most:
                break
            kept = [(weight, each) for weight, each in kept if weight <= most // 2]
            found.append(Space([each for _, each in kept], self._outside, Budget(_STEPS)))
        return found


def open_networks(space: Space, channel: Channel) -> AddressSet:
    """Return the source addresses from which some request of a channel gets past the Denies for certain.

    Raises TooMuchWork where that takes more steps than the space's budget has.
    """
    found = AddressSet.nothing()
    for scenario in _for_witness(space, channel):
        boxes = space.boxes(scenario)
        left = boxes.universe
        at = boxes.at(space.address)
        while all(left):
            region = uncovered(left, list(boxes.covered.values()), space.budget)
            if region is None:
                break
            if at is None:
                found |= space.outside.periods[scenario.period].addresses
                break
            for each in boxes.classes_of(region, space.address):
                found |= each.addresses or AddressSet.nothing()
            left = boxes.narrowed(left, space.address, ~region[at])
    return found


def _is_sealed(space: Space, channel: Channel) -> bool:
    """Whether the Denies cover every request of a channel, every doubt being the attacker's."""
    return all(_is_covered(space, each) for each in space.scenarios(channel, Doubt.PROVING))


def _is_covered(space: Space, scenario: Scenario) -> bool:
    """Whether the Denies cover every request of a scenario."""
    boxes = space.boxes(scenario)
    if boxes.is_empty:
        return True
    covers = [box for each in boxes.exact.values() for box in each]
    return uncovered(boxes.universe, [*covers, *boxes.impossible], space.budget) is None


def _escaping(space: Space, channel: Channel) -> Request | None:
    """Return a request of a channel that gets past the Denies for certain, None where none is found."""
    for scenario in _for_witness(space, channel):
        boxes = space.boxes(scenario)
        if boxes.is_empty:
            continue
        region = uncovered(boxes.universe, list(boxes.covered.values()), space.budget)
        if region is not None:
            return space.request(scenario, boxes.representatives(region))
    return None


def _for_witness(space: Space, channel: Channel) -> Iterator[Scenario]:
    """Yield the scenarios in which an escape is one for certain, those that need no special key first."""
    scenarios = list(space.scenarios(channel, Doubt.WITNESS))
    for key in (None, *space.keys_of_some_actions):
        for each in scenarios:
            yield each._replace(only_actions_with_key=key)


def _intricacy(statement: Statement) -> int:
    """Return how many wildcards within patterns and values a statement distinguishes requests by."""
    conditions = [each for each in statement.conditions if "Ip" not in each.operator]
    texts = [
        *statement.named_resources,
        *statement.named_actions,
        *(value for condition in conditions for value in condition.values),
    ]
    wildcards = sum(char in "*?" for text in texts for char in text[:-1])
    return wildcards + len(texts) // 16
