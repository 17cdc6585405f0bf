"""Values: for one condition key, a finite list of values that stands for all of them.

No condition of the policy distinguishes two values of one class. The evaluator's own functions decide
what each condition makes of each value; this module only has to leave no class out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from itertools import combinations, pairwise
from math import comb
from string import digits

from s3_perimeter.addresses import AddressSet, parse_address
from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.automaton import classes
from s3_perimeter.proof.condition_key import GREATEST_NUMBER
from s3_perimeter.proof.work import Budget
from s3_perimeter.ranges import holds
from s3_perimeter.semantics.globs import (
    ANYTHING,
    Charset,
    Step,
    Steps,
    arn_steps,
    glob_steps,
    some_of,
    text_steps,
)
from s3_perimeter.semantics.patterns import OTHER_CASES, has_variable, literal, widened
from s3_perimeter.semantics.readings import date, networks, number

__all__ = [
    "address_parts",
    "address_set",
    "addresses_named",
    "element_sets",
    "moments",
    "numbers",
    "pattern_steps",
    "sample",
    "split",
    "texts",
    "versions",
]

_LEAST_VERSION = Decimal("1e-30")
"""No version has so many zeros behind its point."""
_VERSION = some_of(digits + ".")
_MOST_SETS = 1_000
_LIKELY = 2**31 - 1
"""The largest number that a key can be thought to hold: milliseconds of a week are less."""
_SAMPLES = tuple(
    (text, *parse_address(text))
    for text in ("198.51.100.7", "203.0.113.7", "192.0.2.7", "2001:db8:ffff::7", "2001:db8::7")
)


def texts(
    bases: Sequence[Steps],
    conditions: Iterable[Condition],
    budget: Budget,
    *,
    preferred: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> list[str]:
    """Return a text of every class.

    To a condition with a qualifier an empty text may be no value, so it is a class of its own.
    """
    asked = list(conditions)
    patterns = [steps for condition in asked for steps in pattern_steps(condition)]
    if any(condition.qualifier for condition in asked):
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


def numbers(conditions: Iterable[Condition], *, likely: bool) -> list[str]:
    """Return whole numbers on, next to and between all those that the conditions name; with `likely` at
    most 2³¹-1, which every such key can be thought to hold.
    """
    most = _LIKELY if likely else GREATEST_NUMBER
    found = {0, most}
    for condition in conditions:
        for value in condition.values:
            limit = number(value)
            if limit is not None:
                found |= {int(limit), int(limit) + 1}
    return [str(each) for each in sorted(found) if 0 <= each <= most]


def versions(conditions: Iterable[Condition], budget: Budget) -> list[str]:
    """Return versions of TLS on, below, between and above all those that the conditions name."""
    asked = list(conditions)
    numeric = [each for each in asked if each.operator.startswith("Numeric")]
    read = (number(value) for each in numeric for value in each.values)
    limits = sorted({limit for limit in read if limit is not None and limit > _LEAST_VERSION})
    edges = [Decimal(0), *limits, Decimal(GREATEST_NUMBER)]
    between = [(left + right) / 2 for left, right in pairwise(edges)]
    return [*(f"{version:f}" for version in (*limits, *between)), *texts([_VERSION], asked, budget)]


def moments(conditions: Iterable[Condition], since: Sequence[datetime], *, finer: bool) -> list[datetime]:
    """Return moments on, between and after all those that the conditions name and those of `since`, in their
    order, from the first of `since` on.

    They are whole seconds, those around every moment among them, since ``aws:EpochTime`` counts in seconds.
    With `finer` there are moments within a second too, which a service's clock may or may not know.
    """
    read = (date(value) for condition in conditions for value in condition.values)
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


def pattern_steps(condition: Condition, *, wild: Charset = ANYTHING) -> list[Steps]:
    """Return the patterns by which a text condition distinguishes values; its negation has the same."""
    positive, values, variables = condition.positive, condition.values, condition.variables
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


def addresses_named(conditions: Iterable[Condition]) -> list[AddressSet]:
    """Return the sets of addresses that conditions on an address key name, each once."""
    sets: list[AddressSet] = []
    for condition in conditions:
        named = None if condition.operator == "Null" else address_set(condition)
        if named is not None and named not in sets:
            sets.append(named)
    return sets


def address_parts(addresses: AddressSet, conditions: Iterable[Condition]) -> list[AddressSet]:
    """Return the parts of some addresses that the conditions on an address key distinguish."""
    return [part for part, _ in split(addresses, addresses_named(conditions))]


def address_set(condition: Condition) -> AddressSet | None:
    """Return the addresses that any value of a condition names, whatever its sign; None where that is
    unknown, since a value is no network or the operator none for addresses.
    """
    return networks(condition.values) if condition.positive == "IpAddress" else None


def split(addresses: AddressSet, sets: Sequence[AddressSet]) -> list[tuple[AddressSet, int]]:
    """Cut addresses by sets: disjoint parts, each with a bit for every set that it lies in."""
    parts = [(addresses, 0)] if addresses else []
    for at, each in enumerate(sets):
        following = []
        for part, bits in parts:
            inside = part & each
            if not inside:
                following.append((part, bits))
            elif inside == part:
                following.append((part, bits | 1 << at))
            else:
                following += [(inside, bits | 1 << at), (part - each, bits)]
        parts = following
    return parts


def sample(addresses: AddressSet) -> str:
    """Return one address of a set: a documentation address where there is one, else an ordinary one, else
    any.
    """
    for text, version, address in _SAMPLES:
        if holds(addresses.v4 if version == 4 else addresses.v6, address, address):
            return text
    first = next(_starts(addresses), None)
    if first is None:
        raise ValueError("an empty set has no sample")
    return str(next((each for each in _starts(addresses) if each.is_global), first))


def _starts(addresses: AddressSet) -> Iterator[IPv4Address | IPv6Address]:
    """Yield the ends of the first few ranges, IPv4 before IPv6."""
    for low, high in addresses.v4[:64]:
        yield IPv4Address(low)
        yield IPv4Address(high)
    for low, high in addresses.v6[:64]:
        yield IPv6Address(low)
        yield IPv6Address(high)
