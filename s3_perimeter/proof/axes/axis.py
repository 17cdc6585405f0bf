"""Axis: one thing that requests can differ in, cut into finitely many classes of requests.

No statement of the policies distinguishes two requests of one class on that axis. For a scenario, an axis
says whether it `counts`, what its `classes` are, and which of them are `possible`. Which classes a statement
covers is decided by the evaluator's own functions (`covered_by`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.axes.cut import Assumed, Covered, Cut, RequestClass
from s3_perimeter.proof.axes.unmodelled import (
    Assumption,
    of_condition,
    of_texts,
    shown_condition,
    shown_texts,
)
from s3_perimeter.proof.denies import AnalyzedCondition, AnalyzedStatement
from s3_perimeter.proof.outside import Doubt, Outside, Scenario
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.conditions import holds, negation

__all__ = ["Axis", "Element"]

_EVERYTHING = -1
"""Every class as bits, however many there are."""
_FOR_CERTAIN: frozenset[Assumption] = frozenset()


Answer: TypeAlias = "Callable[[RequestClass], bool | None]"


class Element(NamedTuple):
    """One element of a statement on an axis: its answer to a class, and what it rests on where that is None
    ("not documented").
    """

    answer: Answer
    assumption: Callable[[], Assumption]
    shown: Callable[[], str]

    @classmethod
    def of_patterns(
        cls,
        name: str,
        patterns: Sequence[str],
        matches: Callable[[RequestClass], bool | None],
        *,
        negated: bool,
    ) -> Element:
        """Return the element of that name, or with `negated` its `Not…`, by whether its patterns match."""
        return cls(
            (lambda each: negation(matches(each))) if negated else matches,
            lambda: of_texts(name, patterns, negated=negated),
            lambda: shown_texts(name, patterns, negated=negated),
        )


class Axis(ABC):
    """One thing that requests can differ in.

    `keys` are the condition keys, in lower case, that are decided on it.
    """

    def __init__(
        self,
        statements: Sequence[AnalyzedStatement],
        outside: Outside,
        budget: Budget,
        keys: Iterable[str] = (),
    ) -> None:
        self.statements = statements
        self.outside = outside
        self.budget = budget
        self.keys = tuple(keys)
        self._cuts: dict[Hashable, Cut] = {}

    @cached_property
    def _elements(self) -> Sequence[tuple[Element, ...]]:
        """The elements of each statement that restrict it on this axis."""
        return [tuple(self.elements(each)) for each in self.statements]

    @property
    def restricted(self) -> bool:
        """Whether some statement has an element on this axis."""
        return any(self._elements)

    @cached_property
    def conditions(self) -> Sequence[Condition]:
        """The conditions on the keys that distinguish their values."""
        return [
            asked.condition
            for each in self.statements
            for asked in each.conditions_on(self.keys)
            if asked.known and not asked.ambiguous
        ]

    def counts(self, scenario: Scenario) -> bool:  # noqa: ARG002 - of most axes it is the same for all
        """Whether the requests of a scenario are distinguished on this axis."""
        return self.restricted

    @abstractmethod
    def variant(self, scenario: Scenario) -> Hashable:
        """Return everything about a scenario that its classes, and what covers them, depend on."""

    @abstractmethod
    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return the classes of all scenarios of one variant.

        Raises TooMuchWork where finding them takes more steps than the budget has.
        """

    def possible(self, scenario: Scenario, cut: Cut) -> int:  # noqa: ARG002 - of most axes it is every class
        """Return the classes that a scenario's requests can be in, as bits."""
        return cut.full

    def elements(self, analyzed: AnalyzedStatement) -> Iterator[Element]:
        """Yield the elements of a statement that restrict it on this axis: its conditions on the keys."""
        for asked in analyzed.conditions_on(self.keys):
            yield _of_condition(asked)

    def taken_by(self, action: str) -> bool:  # noqa: ARG002 - of most axes it is every action
        """Whether requests for an action can have another than the absent value."""
        return True

    def cut(self, scenario: Scenario) -> Cut:
        """Return the axis cut for a scenario, made once for all scenarios of its variant."""
        variant = self.variant(scenario)
        found = self._cuts.get(variant)
        if found is None:
            found = self._cuts[variant] = self.cut_into(self.classes(scenario), scenario.doubt)
        return found

    def cut_into(self, classes: Iterable[RequestClass], doubt: Doubt = Doubt.PROVING) -> Cut:
        """Return the axis cut into the given classes, with what each statement covers of them."""
        listed = tuple(classes)
        named = sum(len(condition.values) for condition in self.conditions)
        self.budget.spend(len(listed) * named // 2, "too many values in the conditions of the policy")
        covers = [self.covered_by(number, listed, doubt) for number in range(len(self.statements))]
        assumed = {number: each.assumed for number, each in enumerate(covers) if each.assumed}
        unknown = tuple(text for each in covers for text in each.unknown)
        return Cut(listed, tuple([each.bits for each in covers]), assumed, unknown)

    def covered_by(self, number: int, classes: Sequence[RequestClass], doubt: Doubt) -> Covered:
        """Return the classes that the statement of a number covers; for a witness, all that it may cover."""
        ways: list[Assumed] = [(_EVERYTHING, _FOR_CERTAIN)]
        unknown = []
        for element in self._elements[number]:
            sure = unsure = 0
            for at, each in enumerate(classes):
                answer = element.answer(each)
                if answer or (answer is None and doubt is Doubt.WITNESS):
                    sure |= 1 << at
                elif answer is None:
                    unsure |= 1 << at
            if not unsure:
                ways = [(bits & sure, assumed) for bits, assumed in ways]
                continue
            unknown.append(element.shown())
            assumption = element.assumption()
            ways = [
                *((bits & sure, assumed) for bits, assumed in ways),
                *((bits & unsure, assumed | {assumption}) for bits, assumed in ways if bits & unsure),
            ]
        return Covered(ways[0][0], tuple(way for way in ways[1:] if way[0]), tuple(unknown))


def _of_condition(asked: AnalyzedCondition) -> Element:
    """Return a condition as an element."""
    condition, key = asked.condition, asked.condition.name

    def answer(each: RequestClass) -> bool | None:
        if asked.ambiguous or key in each.unsaid:
            return None
        held = None if each.empty_text and condition.operator == "Null" else each.context.get(key)
        return holds(condition, held) if asked.known or not held else None

    return Element(
        answer,
        lambda: of_condition(condition, absent=asked.ambiguous),
        lambda: shown_condition(condition),
    )
