"""Actions: a finite list that stands for all actions on the bucket, or on an object, those to come
included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import ascii_lowercase, digits

from s3_perimeter.actions import ActionResource, s3_actions, select_actions
from s3_perimeter.proof.automaton import classes, glob_steps, some_of, text_steps
from s3_perimeter.proof.budget import Budget
from s3_perimeter.semantics.evaluation import action_matches
from s3_perimeter.semantics.patterns import folded

__all__ = ["action_classes"]

_TO_COME = "s3:SomethingNew"
_BASE = (*text_steps("s3:"), *some_of(ascii_lowercase)[:-1], *some_of(ascii_lowercase + digits, least=0))
_FIRST = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:DeleteBucket")


def action_classes(
    elements: Sequence[tuple[str, ...]], on_object: bool, budget: Budget, only: frozenset[str] | None
) -> list[str]:
    """Return one action of every class that the Action and NotAction elements tell apart.

    With `only`, none but those (and of the bucket or of objects, as ever). Known actions come before unknown
    ones, since a request that exists today makes the better witness.
    """
    table = select_actions(ActionResource.OBJECT if on_object else ActionResource.BUCKET)
    # Of a bucket that exists nobody asks that it be created, and no policy of its is asked then.
    table = tuple(name for name in table if name != "s3:CreateBucket")
    known = [*(name for name in _FIRST if name in table), *table]
    if only is not None:
        return _told_apart((name for name in known if name in only), elements)
    return _told_apart([*known, *_to_come(elements, budget)], elements)


def _told_apart(names: Iterable[str], elements: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the first action of every combination of elements that match it."""
    found: dict[tuple[bool | None, ...], str] = {}
    for name in names:
        found.setdefault(tuple(action_matches(patterns, name) for patterns in elements), name)
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
