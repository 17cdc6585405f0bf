"""Values: for one condition key, a finite list of values that stands for all of them.

Two values of one class are told apart by no condition of the policy. The evaluator's own functions decide
what each condition makes of each value; this module only has to leave no class out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from math import comb
from string import ascii_lowercase, ascii_uppercase, digits

from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.automaton import (
    ANYTHING,
    Charset,
    Step,
    arn_steps,
    classes,
    glob_steps,
    some_of,
    text_steps,
)
from s3_perimeter.proof.budget import Budget
from s3_perimeter.proof.keys import Key, Shape
from s3_perimeter.semantics.conditions import NEGATED, open_values
from s3_perimeter.semantics.patterns import OTHER_CASES, has_variable, literal, widened
from s3_perimeter.semantics.readings import date, number

__all__ = [
    "ANY_SERVICE",
    "BASES",
    "WORD",
    "Steps",
    "element_sets",
    "modelled",
    "moments",
    "numbers",
    "pattern_steps",
    "texts",
    "versions",
]

Steps = tuple[Step, ...]

_TEXT_OPERATORS = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike"})
_MODELLED: dict[Shape, frozenset[str]] = {
    Shape.TEXT: _TEXT_OPERATORS,
    Shape.ARN: _TEXT_OPERATORS | {"ArnEquals", "ArnLike"},
    Shape.ACCOUNT: _TEXT_OPERATORS,
    Shape.SERVICE: _TEXT_OPERATORS,
    Shape.CHOICE: _TEXT_OPERATORS | {"Bool"},
    Shape.ADDRESS: frozenset({"IpAddress"}),
    Shape.NUMBER: frozenset(
        f"Numeric{how}"
        for how in ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    Shape.MOMENT: frozenset(
        f"Date{how}" for how in ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
}

WORD = ascii_lowercase + ascii_uppercase + digits
_LEAST_VERSION = Decimal("1e-30")
"""No version has so many zeros behind its point."""
_VERSION = some_of(digits + ".")
_MOST_SETS = 1_000
_GREATEST = 10**30
"""No modelled condition names a number as great."""
_LIKELY = 2**31 - 1
"""The largest number that a key can be thought to hold: milliseconds of a week are less."""

BASES: dict[Shape, Steps] = {
    Shape.TEXT: (Step(Charset(frozenset(), out=True), many=True),),
    Shape.ARN: (
        *text_steps("arn:"),
        *some_of(ascii_lowercase + "-"),
        *text_steps(":"),
        *some_of(ascii_lowercase + digits + "-"),
        *text_steps(":"),
        Step(Charset(frozenset(":"), out=True), many=True),
        *text_steps(":"),
        Step(Charset(frozenset(":"), out=True), many=True),
        *text_steps(":"),
        Step(Charset(frozenset(), out=True)),
        Step(Charset(frozenset(), out=True), many=True),
    ),
    Shape.ACCOUNT: some_of(digits, least=12)[:-1],
    Shape.SERVICE: (*some_of(ascii_lowercase + digits + ".-"), *text_steps(".amazonaws.com")),
}


ANY_SERVICE = some_of(ascii_lowercase + digits + ".-")
"""What a service's name may be in any partition: the documentation gives examples only."""


def modelled(condition: Condition, key: Key, *, variables: bool) -> bool:
    """Whether the answer of this condition is known for every value of its key, if not for an absent one."""
    if condition.operator == "Null":
        values = set(condition.values)
        return not condition.qualifier and bool(values) and values <= {"true", "false"}
    positive = NEGATED.get(condition.operator, condition.operator)
    return (
        bool(condition.values)
        and (bool(condition.qualifier) or not key.many)
        and positive in _MODELLED[key.shape]
        and not open_values(condition, variables=variables)
        and all(_value_modelled(value, positive, variables) for value in condition.values)
    )


def _value_modelled(value: str, positive: str, variables: bool) -> bool:
    """Whether it is known what a positive operator makes of one value of the policy."""
    text = positive.startswith(("String", "Arn"))
    return not (
        (has_variable(value, variables=variables) and not text)
        or (positive == "Bool" and value not in ("true", "false"))
        or (positive.startswith("Numeric") and abs(number(value) or Decimal(0)) >= _GREATEST)
        or (positive.startswith("Arn") and value.count(":") < 5)
        or (positive == "StringEqualsIgnoreCase" and not value.isascii())
    )


def pattern_steps(condition: Condition, *, variables: bool, wild: Charset = ANYTHING) -> list[Steps]:
    """Return the patterns that a text condition tells values apart by; its negation tells the same apart."""
    positive = NEGATED.get(condition.operator, condition.operator)
    values = condition.values
    if not positive.startswith(("String", "Arn")):
        return []
    # A value with a policy variable matches at most what it matches with anything in the variable's place.
    wide = [value for value in values if has_variable(value, variables=variables)]
    like = positive not in ("StringEquals", "StringEqualsIgnoreCase")
    found = [glob_steps(widened(value, wildcards=like), variables=True, wild=wild) for value in wide]
    values = tuple([value for value in values if value not in wide]) if wide else values
    if positive == "StringLike":
        return [*found, *(glob_steps(value, variables=variables, wild=wild) for value in values)]
    if like:
        return [*found, *(arn_steps(value, variables=variables, wild=wild) for value in values)]
    fold = positive == "StringEqualsIgnoreCase"
    named = [literal(value, variables=variables) for value in values]
    found += [text_steps(text, fold=fold) for text in named]
    return [*found, *(_in_other_cases(text) for text in named)] if fold else found


def _in_other_cases(text: str) -> Steps:
    """Return the pattern of a text in any case, what only some readers take for one included."""
    return tuple(
        Step(Charset(frozenset({char.lower(), char.upper(), *OTHER_CASES.get(char.lower(), "")})))
        for char in text
    )


def texts(
    bases: Sequence[Steps],
    conditions: Iterable[tuple[Condition, bool]],
    budget: Budget,
    *,
    preferred: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> list[str]:
    """Return a text of every class; each condition comes with whether its policy knows variables.

    To a condition with a qualifier an empty text may be no value, so it is a class of its own.
    """
    told = list(conditions)
    patterns = [
        steps for condition, variables in told for steps in pattern_steps(condition, variables=variables)
    ]
    if any(condition.qualifier for condition, _ in told):
        patterns.append(text_steps(""))
    return classes(
        bases, patterns, budget, preferred=preferred, excluded=[text_steps(text) for text in excluded]
    )


def element_sets(elements: Sequence[str], conditions: int) -> list[tuple[str, ...]] | None:
    """Return sets of the elements that stand for all but the empty one, as far as so many conditions tell
    them apart; None where they are too many to list.

    What ``ForAnyValue`` finds and ``ForAllValues`` misses is one element of a set, and a smaller set gives no
    other answer for want of more. So a set is like its part with one element a condition.
    """
    most = min(len(elements), max(1, conditions))
    if sum(comb(len(elements), size) for size in range(1, most + 1)) > _MOST_SETS:
        return None
    return [chosen for size in range(1, most + 1) for chosen in combinations(elements, size)]


def numbers(conditions: Iterable[tuple[Condition, bool]], *, likely: bool) -> list[str]:
    """Return whole numbers on, beside and between all those that the conditions name; with `likely` none that
    no key can be thought to hold.
    """
    most = _LIKELY if likely else _GREATEST
    found = {0, most}
    for condition, _ in conditions:
        for value in condition.values:
            limit = number(value)
            if limit is not None:
                found |= {int(limit), int(limit) + 1}
    return [str(each) for each in sorted(found) if 0 <= each <= most]


def versions(conditions: Iterable[tuple[Condition, bool]], budget: Budget) -> list[str]:
    """Return versions of TLS on, below, between and above all those that the conditions name."""
    told = list(conditions)
    numeric = [each for each, _ in told if each.operator.startswith("Numeric")]
    read = (number(value) for each in numeric for value in each.values)
    limits = sorted({limit for limit in read if limit is not None and limit > _LEAST_VERSION})
    edges = [Decimal(0), *limits, Decimal(_GREATEST)]
    between = [(left + right) / 2 for left, right in pairwise(edges)]
    return [*(f"{version:f}" for version in (*limits, *between)), *texts([_VERSION], told, budget)]


def moments(
    conditions: Iterable[tuple[Condition, bool]], since: Sequence[datetime], *, finer: bool
) -> list[datetime]:
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
