"""Values: for one condition key, a finite list of values that stands for all of them.

No condition of the policy distinguishes two values of one class. The evaluator's own functions decide
what each condition makes of each value; this module only has to leave no class out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from math import comb
from string import digits
from typing import TypeAlias

from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.boxes import Budget
from s3_perimeter.proof.keys import GREATEST_NUMBER
from s3_perimeter.proof.patterns import pattern_steps
from s3_perimeter.semantics.globs import Steps, some_of, text_steps
from s3_perimeter.semantics.readings import date, number

__all__ = ["Conditions", "element_sets", "moments", "numbers", "texts", "versions"]

Conditions: TypeAlias = Iterable[tuple[Condition, bool]]
"""Conditions, each with whether its policy knows policy variables."""

_LEAST_VERSION = Decimal("1e-30")
"""No version has so many zeros behind its point."""
_VERSION = some_of(digits + ".")
_MOST_SETS = 1_000
_LIKELY = 2**31 - 1
"""The largest number that a key can be thought to hold: milliseconds of a week are less."""


def texts(
    bases: Sequence[Steps],
    conditions: Conditions,
    budget: Budget,
    *,
    preferred: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> list[str]:
    """Return a text of every class; each condition comes with whether its policy knows variables.

    To a condition with a qualifier an empty text may be no value, so it is a class of its own.
    """
    asked = list(conditions)
    patterns = [
        steps for condition, variables in asked for steps in pattern_steps(condition, variables=variables)
    ]
    if any(condition.qualifier for condition, _ in asked):
        patterns.append(text_steps(""))
    return classes(
        bases, patterns, budget, preferred=preferred, excluded=[text_steps(text) for text in excluded]
    )


def element_sets(elements: Sequence[str], conditions: int) -> list[tuple[str, ...]] | None:
    """Return sets of the elements that stand for all but the empty one, as far as so many conditions
    distinguish them; None where they are too many to list.

    One element decides a condition of either sort: one that ``ForAnyValue`` finds, one that ``ForAllValues``
    misses. So sets with as many elements as there are conditions stand for all of them.
    """
    most = min(len(elements), max(1, conditions))
    if sum(comb(len(elements), size) for size in range(1, most + 1)) > _MOST_SETS:
        return None
    return [chosen for size in range(1, most + 1) for chosen in combinations(elements, size)]


def numbers(conditions: Conditions, *, likely: bool) -> list[str]:
    """Return whole numbers on, next to and between all those that the conditions name; with `likely` at
    most 2³¹-1, which every such key can be thought to hold.
    """
    most = _LIKELY if likely else GREATEST_NUMBER
    found = {0, most}
    for condition, _ in conditions:
        for value in condition.values:
            limit = number(value)
            if limit is not None:
                found |= {int(limit), int(limit) + 1}
    return [str(each) for each in sorted(found) if 0 <= each <= most]


def versions(conditions: Conditions, budget: Budget) -> list[str]:
    """Return versions of TLS on, below, between and above all those that the conditions name."""
    asked = list(conditions)
    numeric = [each for each, _ in asked if each.operator.startswith("Numeric")]
    read = (number(value) for each in numeric for value in each.values)
    limits = sorted({limit for limit in read if limit is not None and limit > _LEAST_VERSION})
    edges = [Decimal(0), *limits, Decimal(GREATEST_NUMBER)]
    between = [(left + right) / 2 for left, right in pairwise(edges)]
    return [*(f"{version:f}" for version in (*limits, *between)), *texts([_VERSION], asked, budget)]


def moments(conditions: Conditions, since: Sequence[datetime], *, finer: bool) -> list[datetime]:
    """Return moments on, between and after all those that the conditions name and those of `since`, in their
    order, from the first of `since` on.

    They are whole seconds, those around every moment among them, since ``aws:EpochTime`` counts in seconds.
    With `finer` there are moments within a second too, which a service's clock may or may not know.
    """
    read = (date(value) for condition, _ in conditions for value in condition.values)
    limits = {*since, *(limit for limit in read if limit is not None)}
    found = {second for limit in limits for second in (limit.replace(microsecond=0), _next_second(limit))}
    if finer:
        listed = sorted(found | limits)
        found = {*listed, *(left + (right - left) / 2 for left, right in pairwise(listed))}
    first = min(since)
    return sorted(moment for moment in found if moment >= first)


def _next_second(moment: datetime) -> datetime:
    """Return the whole second after a moment; where the calendar ends, a moment before its end."""
    try:
        return moment.replace(microsecond=0) + timedelta(seconds=1)
    except OverflowError:
        return moment.replace(microsecond=500_000)
