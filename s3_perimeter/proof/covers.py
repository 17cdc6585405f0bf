"""Covers: which classes of a dimension a statement covers, as bits; the evaluator's functions decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from s3_perimeter.documents.document import Principals
from s3_perimeter.proof.axes import unmodelled as unknowns
from s3_perimeter.proof.axes.axis import Assumed, Assumption, Atom
from s3_perimeter.proof.denies import Placed, Restricted
from s3_perimeter.semantics.conditions import holds, negation
from s3_perimeter.semantics.evaluation import action_matches, principal_matches, resource_matches, spares

__all__ = ["Covered", "action_patterns", "covered", "resource_patterns"]

_EVERYTHING = -1
"""Every class as bits, however many there are."""
_FOR_CERTAIN: frozenset[Assumption] = frozenset()

Answer: TypeAlias = Callable[[Atom], "bool | None"]


class Covered(NamedTuple):
    """The classes that a statement covers for certain, the first in the lowest bit, and what it covers under
    assumptions; what is above the last class says nothing. `unknown` says what the assumptions are about.
    """

    bits: int
    doubts: tuple[Assumed, ...] = ()
    unknown: tuple[str, ...] = ()


class _Element(NamedTuple):
    """One element of a statement in a dimension: its answer, and what it rests on where that is None."""

    answer: Answer
    assumption: Callable[[], Assumption]
    shown: Callable[[], str]


def covered(each: Restricted, name: str, atoms: Sequence[Atom], *, doubt: bool) -> Covered:
    """Return the classes of a dimension that a statement covers; with `doubt`, all that it may cover."""
    ways: list[Assumed] = [(_EVERYTHING, _FOR_CERTAIN)]
    unknown = []
    for element in _elements(each, name):
        sure = unsure = 0
        for at, atom in enumerate(atoms):
            answer = element.answer(atom)
            if answer or (doubt and answer is None):
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


def action_patterns(each: Restricted) -> tuple[str, ...]:
    """Return a statement's action patterns, be they named or spared."""
    return each.side.statement.actions or each.side.statement.not_actions or ()


def resource_patterns(each: Restricted) -> tuple[str, ...]:
    """Return a statement's resource patterns, be they named or spared."""
    return each.side.statement.resources or each.side.statement.not_resources or ()


def _elements(each: Restricted, name: str) -> Iterator[_Element]:
    """Yield the elements of a statement that restrict it in a dimension."""
    statement, variables = each.side.statement, each.side.variables
    if name == "action":
        if each.action:
            yield _of_texts("Action", action_patterns(each), statement.actions is None, _action(each))
    elif name == "object":
        if each.covers_objects is None or each.covers_bucket is None:
            spared = statement.resources is None
            yield _of_texts("Resource", resource_patterns(each), spared, _resource(each))
    else:
        if name == "who" and each.who:
            spared = statement.principals is None
            yield _Element(
                _principal(each),
                lambda: unknowns.of_principals(each.named, spared=spared),
                lambda: unknowns.shown_principals(each.named, spared=spared),
            )
        for placed in each.conditions.get(name, ()):
            yield _of_condition(placed, variables)


def _of_texts(name: str, patterns: Sequence[str], spared: bool, answer: Answer) -> _Element:
    """Return an element of patterns, named or spared."""
    return _Element(
        answer,
        lambda: unknowns.of_texts(name, patterns, spared=spared),
        lambda: unknowns.shown_texts(name, patterns, spared=spared),
    )


def _action(each: Restricted) -> Answer:
    """Return whether a statement covers an action."""
    patterns, named = action_patterns(each), each.side.statement.actions is not None

    def answer(atom: Atom) -> bool | None:
        found = action_matches(patterns, atom.action or "")
        return found if named else negation(found)

    return answer


def _resource(each: Restricted) -> Answer:
    """Return whether a statement covers the bucket or an object."""
    patterns, named = resource_patterns(each), each.side.statement.resources is not None

    def answer(atom: Atom) -> bool | None:
        found = resource_matches(patterns, atom.resource or "", variables=each.side.variables)
        return found if named else negation(found)

    return answer


def _principal(each: Restricted) -> Answer:
    """Return whether a statement covers a principal by its Principal element."""
    statement = each.side.statement

    def answer(atom: Atom) -> bool | None:
        principal = atom.principal
        if principal is None:
            raise LookupError("an atom of `who` without a principal")
        if statement.principals is not None:
            others = _others(statement.principals, principal.arn, principal.session_arn)
            return principal_matches(others if atom.recreated else statement.principals, principal)
        spared = statement.not_principals
        if spared is None or spared == Principals():
            return None
        others = _others(spared, principal.arn)
        return negation(spares(others if atom.recreated else spared, principal))

    return answer


def _of_condition(placed: Placed, variables: bool) -> _Element:
    """Return a condition as an element."""
    condition, key = placed.condition, placed.key

    def answer(atom: Atom) -> bool | None:
        if placed.ambiguous or key in atom.unsaid:
            return None
        held = None if atom.hollow and condition.operator == "Null" else atom.context.get(key)
        return holds(condition, held, variables=variables) if placed.known or not held else None

    return _Element(
        answer,
        lambda: unknowns.of_condition(condition, variables=variables, absent=placed.ambiguous),
        lambda: unknowns.shown_condition(condition, variables=variables),
    )


def _others(named: Principals, *arns: str | None) -> Principals:
    """Return whom an element names beside a user or role of an ARN.

    S3 keeps the unique id of a user or role in the place of its ARN, so that the element means nobody once it
    is deleted, be there another one of its name ("AWS JSON policy elements: Principal").
    """
    return replace(named, aws=tuple(each for each in named.aws if each not in arns))
