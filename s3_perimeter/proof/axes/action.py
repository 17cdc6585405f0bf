"""The axis of actions: a finite list that stands for all of them, those to come included."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from string import ascii_lowercase, digits

from s3_perimeter.actions import ActionResource, s3_actions, select_actions
from s3_perimeter.documents.folding import folded
from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.axes.axis import Axis, Element
from s3_perimeter.proof.axes.cut import RequestClass
from s3_perimeter.proof.condition_key import Key
from s3_perimeter.proof.denies import AnalyzedStatement
from s3_perimeter.proof.keys import known_key
from s3_perimeter.proof.outside import Scenario
from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.evaluation import action_matches
from s3_perimeter.semantics.globs import glob_steps, some_of, text_steps

__all__ = ["ActionAxis"]

_TO_COME = "s3:SomethingNew"
_BASE = (*text_steps("s3:"), *some_of(ascii_lowercase)[:-1], *some_of(ascii_lowercase + digits, least=0))
_FIRST = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:DeleteBucket")


class ActionAxis(Axis):
    """What is asked for, by `Action` and `NotAction`."""

    def counts(self, scenario: Scenario) -> bool:
        """Whether some statement is not about every action, or the scenario is about some of them."""
        return self.restricted or scenario.only_actions_with_key is not None

    def variant(self, scenario: Scenario) -> Hashable:
        """Return the resource, and the actions that the scenario is about."""
        return scenario.on_object, scenario.only_actions_with_key, scenario.is_for_witness

    def classes(self, scenario: Scenario) -> Sequence[RequestClass]:
        """Return one action of every class that the elements distinguish.

        Known actions come before unknown ones, since a request that exists today makes the better witness.
        """
        table = select_actions(ActionResource.OBJECT if scenario.on_object else ActionResource.BUCKET)
        # Of a bucket that exists nobody asks that it be created, and no policy of its is asked then.
        table = tuple(name for name in table if name != "s3:CreateBucket")
        known = [*(name for name in _FIRST if name in table), *table]
        if scenario.only_actions_with_key is None:
            names = [*known, *self._to_come]
        else:
            key = known_key(scenario.only_actions_with_key)
            names = [name for name in known if key.taken_by(name)]
        # A request for certain has the scenario's key at most, which each of its actions takes.
        keys = [] if scenario.is_for_witness else self._keys_of_some_actions
        return [RequestClass(action=name) for name in _distinguished(names, self._named, keys)]

    @cached_property
    def _named(self) -> Sequence[tuple[str, ...]]:
        """The patterns of each statement that is not about every action."""
        return [each.statement.named_actions for each in self.statements if each.restricts_actions]

    @cached_property
    def _to_come(self) -> Sequence[str]:
        """Actions that do not exist, one of every class, on whatever resource."""
        return _to_come(self._named, self.budget)

    @cached_property
    def _keys_of_some_actions(self) -> Sequence[Key]:
        """The keys of the conditions that only some actions take."""
        asked = {each.condition.name for statement in self.statements for each in statement.conditions}
        return [key for key in map(known_key, sorted(asked)) if key.actions is not None]

    def elements(self, analyzed: AnalyzedStatement) -> Iterator[Element]:
        """Yield the statement's element of actions, unless it plainly covers every one."""
        if not analyzed.restricts_actions:
            return
        patterns, negated = analyzed.statement.named_actions, analyzed.statement.actions is None

        def matches(each: RequestClass) -> bool | None:
            return action_matches(patterns, each.action or "")

        yield Element.of_patterns("Action", patterns, matches, negated=negated)


def _distinguished(
    names: Iterable[str], elements: Sequence[tuple[str, ...]], keys: Sequence[Key]
) -> list[str]:
    """Return the first action of every combination of elements that match it and keys that it may carry."""
    found: dict[tuple[bool | None, ...], str] = {}
    for name in names:
        matched = (action_matches(patterns, name) for patterns in elements)
        found.setdefault((*matched, *(key.may_be_of(name) for key in keys)), name)
    return list(found.values())


def _to_come(elements: Sequence[tuple[str, ...]], budget: Budget) -> list[str]:
    """Return actions that do not exist, one of every class."""
    distinct = dict.fromkeys(folded(pattern) for patterns in elements for pattern in patterns)
    patterns = [glob_steps(pattern, variables=False) for pattern in distinct]
    found = classes([_BASE], patterns, budget, preferred=[folded(_TO_COME)])
    existing = {folded(action.name) for action in s3_actions()}
    # What a pattern without wildcards names is a class of its own, and no action to come if it exists.
    found = [name for name in found if name not in existing or name not in distinct]
    if not existing.isdisjoint(found):
        # A shortest name happens to exist. Ask again for names that do not.
        taken = [text_steps(name) for name in sorted(existing)]
        found = classes([_BASE], patterns, budget, preferred=[folded(_TO_COME)], excluded=taken)
    return [_TO_COME if name == folded(_TO_COME) else name for name in found]
