"""Covers: which classes of a dimension a statement covers, as bits; the evaluator's functions decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from s3_perimeter.documents.document import Condition, Principals
from s3_perimeter.proof.model import Atom, Part
from s3_perimeter.proof.restrict import Restricted
from s3_perimeter.proof.who import of_cloudfront
from s3_perimeter.semantics.conditions import all_of, holds
from s3_perimeter.semantics.evaluation import action_matches, principal_matches, resource_matches, spares
from s3_perimeter.semantics.patterns import folded
from s3_perimeter.semantics.request import Kind

__all__ = ["action_patterns", "mask", "resource_patterns"]

_EVERYTHING = -1
"""Every class as bits, however many there are."""
_UNKNOWN_OF_SERVICES = frozenset({"aws:principalaccount", "aws:principaltype"})


def mask(each: Restricted, name: str, atoms: Sequence[Atom], *, doubt: bool, comparing: bool) -> int:
    """Return the classes of a dimension that a statement covers, the first in the lowest bit; what is above
    the last says nothing.

    `doubt` is the answer where nothing documented tells. With `comparing`, what AWS does not say of a
    service's keys is taken for absent.
    """
    if name.startswith("opaque:"):
        return 1 if name.removeprefix("opaque:") in each.opaque else _EVERYTHING
    conditions = each.conditions.get(name, ())
    if name == "action":
        covers = [_covers_action(each, atom) for atom in atoms] if each.action else None
    elif name == "object":
        covers = [_covers_object(each, atom) for atom in atoms] if each.covers_objects is None else None
    elif name == "who":
        # AWS does not say what some keys hold for a service. No proof leans on them; to compare is to
        # take them for absent on both sides.
        unknown = None if comparing else doubt
        covers = [_covers_who(each, atom, conditions, unknown) for atom in atoms] if each.who else None
    else:
        return _keys_mask(each, atoms, conditions, doubt)
    if covers is None:
        return _EVERYTHING
    return sum(1 << at for at, covered in enumerate(covers) if covered)


def action_patterns(each: Restricted) -> tuple[str, ...]:
    """Return a statement's action patterns, be they named or spared."""
    return each.side.statement.actions or each.side.statement.not_actions or ()


def resource_patterns(each: Restricted) -> tuple[str, ...]:
    """Return a statement's resource patterns, be they named or spared."""
    return each.side.statement.resources or each.side.statement.not_resources or ()


def _covers_action(each: Restricted, atom: Atom) -> bool:
    """Whether a statement covers an action."""
    found = action_matches(action_patterns(each), atom.action or "")
    return found if each.side.statement.actions is not None else not found


def _covers_object(each: Restricted, atom: Atom) -> bool:
    """Whether a statement covers an object."""
    found = resource_matches(resource_patterns(each), atom.resource or "", variables=each.side.variables)
    return bool(found) if each.side.statement.resources is not None else found is False


def _keys_mask(each: Restricted, atoms: Sequence[Atom], conditions: Iterable[Condition], doubt: bool) -> int:
    """Return the classes for which every condition of a statement in a dimension holds, as bits; `doubt` is
    the answer where that cannot be decided.
    """
    found = _EVERYTHING
    for condition in conditions:
        key = folded(condition.key)
        for at, atom in enumerate(atoms):
            held = None if atom.hollow and condition.operator == "Null" else atom.context.get(key)
            answer = holds(condition, held, variables=each.side.variables)
            if not (doubt if answer is None else answer):
                found &= ~(1 << at)
    return found


def _covers_who(each: Restricted, atom: Atom, conditions: Iterable[Condition], unknown: bool | None) -> bool:
    """Whether a statement covers a principal, by its Principal element and its conditions on identity."""
    statement = each.side.statement
    principal = atom.principal
    if principal is None:
        raise LookupError("an atom of `who` without a principal")
    answers: list[bool | None] = []
    # An undecided element is a dimension of its own, so here it may match.
    if statement.principals is not None:
        others = _others(statement.principals, principal.arn, principal.session_arn)
        named = others if atom.recreated else statement.principals
        answers.append(principal_matches(named, principal) is not False)
    elif statement.not_principals is not None:
        others = _others(statement.not_principals, principal.arn)
        named = others if atom.recreated else statement.not_principals
        if spares(named, principal) is None and principal_matches(named, principal):
            # Of an account that is spared by its number.
            answers.append(unknown if each.side.part is Part.WHOLE else each.side.part is Part.POSSIBLE)
        else:
            answers.append(principal_matches(named, principal) is not True)
    for condition in conditions:
        if (
            unknown is not None
            and principal.kind is Kind.SERVICE
            and folded(condition.key) in _UNKNOWN_OF_SERVICES
        ):
            answers.append(unknown)
        elif not (unknown and of_cloudfront(principal)):
            # What CloudFront's identity shows of itself it does not say either.
            held = atom.context.get(folded(condition.key))
            answers.append(holds(condition, held, variables=each.side.variables))
    return bool(all_of(answers))


def _others(named: Principals, *arns: str | None) -> Principals:
    """Return whom an element names beside a user or role of an ARN.

    S3 keeps the unique id of a user or role in the place of its ARN, so that the element means nobody once it
    is deleted, be there another one of its name ("AWS JSON policy elements: Principal").
    """
    return replace(named, aws=tuple(each for each in named.aws if each not in arns))
