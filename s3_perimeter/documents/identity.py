"""Meaning-comparison of IAM policies: what one grants that another does not, whatever way they are written.

A policy is read into *grants*: one line each of effect, principal, action, resource and conditions. A policy
that covers every grant of another, and the other way round, means the same: order, case of actions, a scalar
for a list, Sids, repeated or split statements, `123456789012` for its `:root` ARN, and numbers or booleans
for strings make no difference. Sound where it says "the same"; patterns that overlap without one holding the
other count as different.

Source: IAM User Guide, "IAM JSON policy elements reference" and "... elements: Condition operators".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from s3_perimeter.documents.statements import PolicyShapeError, statements_of

__all__ = ["Grant", "IdentityComparison", "PolicyShapeError", "compare_policies", "covers", "grants"]

_ACCOUNT = re.compile(r"^(?:arn:[a-z0-9-]+:iam::)?(\d{12})(?::root)?$")


@dataclass(frozen=True, slots=True, order=True)
class Names:
    """A set of names given by patterns with `*` and `?`; `but` turns it into everything that none of them
    matches."""

    patterns: tuple[str, ...]
    but: bool = False

    def __str__(self) -> str:
        text = ", ".join(self.patterns)
        return f"everything but {text}" if self.but else text

    def covers(self, other: Names) -> bool:
        """Whether every name in the other set is in this one."""
        if not self.but:
            if other.but:
                return "*" in self.patterns
            return all(any(covers(mine, theirs) for mine in self.patterns) for theirs in other.patterns)
        if other.but:
            return all(any(covers(theirs, mine) for theirs in other.patterns) for mine in self.patterns)
        return not any(overlap(mine, theirs) for mine, theirs in product(self.patterns, other.patterns))


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One line of a policy's meaning; `conditions` are (operator, key, values), normalized and sorted."""

    effect: str
    principal: Names
    action: Names
    resource: Names
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        who = "" if self.principal.patterns == ("*",) and not self.principal.but else f" to {self.principal}"
        when = "".join(f" where {op} {key} {', '.join(values)}" for op, key, values in self.conditions)
        return f"{self.effect} {self.action}{who} on {self.resource}{when}"

    def covers(self, other: Grant) -> bool:
        """Whether each request that the other line speaks of is one that this line speaks of, to the same
        effect."""
        return (
            self.effect == other.effect
            and set(self.conditions) <= set(other.conditions)
            and self.action.covers(other.action)
            and self.resource.covers(other.resource)
            and self.principal.covers(other.principal)
        )


@dataclass(frozen=True, slots=True)
class IdentityComparison:
    """What the newer policy opens and closes against the older one; both sorted."""

    opened: tuple[Grant, ...]
    closed: tuple[Grant, ...]

    @property
    def equal(self) -> bool:
        """Whether both mean the same."""
        return not self.opened and not self.closed


def compare_policies(old: object, new: object) -> IdentityComparison:
    """Compare two policies by meaning; raises PolicyShapeError where one of them is no policy."""
    before, after = grants(old), grants(new)
    gone, come = _beyond(before, after), _beyond(after, before)
    return IdentityComparison(
        opened=_sorted([g for g in come if g.effect == "Allow"] + [g for g in gone if g.effect == "Deny"]),
        closed=_sorted([g for g in gone if g.effect == "Allow"] + [g for g in come if g.effect == "Deny"]),
    )


def grants(policy: object) -> tuple[Grant, ...]:
    """Return the lines of a policy (JSON text, URL-encoded or not, or a parsed mapping), without those that
    another covers."""
    lines = _sorted(line for statement in statements_of(policy) for line in _lines(statement))
    kept = set(lines)
    index = _Index(lines)
    for line in reversed(lines):  # of lines that mean the same, the first one stays
        if any(other in kept and other != line and other.covers(line) for other in index.perhaps_over(line)):
            kept.discard(line)
    return _sorted(kept)


class _Index:
    """Lines by the text that their action begins with: AWS's longest policies have thousands of them."""

    def __init__(self, lines: Iterable[Grant]) -> None:
        self._lines: dict[str, list[Grant]] = {}
        for line in lines:
            start = "" if line.action.but else _literal_start(line.action.patterns[0])
            self._lines.setdefault(start, []).append(line)

    def perhaps_over(self, line: Grant) -> Iterator[Grant]:
        """Yield every line that may cover this one: the pattern of its action begins as this one's does."""
        text = "" if line.action.but else line.action.patterns[0]
        for end in range(len(text) + 1):
            yield from self._lines.get(text[:end], ())


def _literal_start(pattern: str) -> str:
    """Return what every text that the pattern matches begins with."""
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


def covers(wide: str, narrow: str) -> bool:
    """Whether every text that the pattern `narrow` matches is matched by `wide` (`*` any run, `?` one
    character)."""
    if not narrow.startswith(_literal_start(wide)):
        return False
    reach = {0}
    for position in range(len(wide) + 1):
        if position < len(wide) and wide[position] == "*":
            reach = set(range(min(reach, default=len(narrow) + 1), len(narrow) + 1))
            continue
        if position == len(wide):
            break
        mark = wide[position]
        reach = {
            at + 1
            for at in reach
            if at < len(narrow) and narrow[at] != "*" and (mark == "?" or mark == narrow[at])
        }
    return len(narrow) in reach


def overlap(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    starts = _literal_start(one), _literal_start(other)
    if not (starts[0].startswith(starts[1]) or starts[1].startswith(starts[0])):
        return False
    row = [True] + [False] * len(other)
    for column, mark in enumerate(other):
        row[column + 1] = row[column] and mark == "*"
    for mark in one:
        following = [row[0] and mark == "*"] + [False] * len(other)
        for column, their in enumerate(other):
            if mark == "*" or their == "*":
                following[column + 1] = following[column] or row[column + 1]
            else:
                following[column + 1] = row[column] and (mark == their or "?" in (mark, their))
        row = following
    return row[-1]


def _beyond(lines: tuple[Grant, ...], others: tuple[Grant, ...]) -> list[Grant]:
    index = _Index(others)
    return [line for line in lines if not any(other.covers(line) for other in index.perhaps_over(line))]


def _sorted(lines: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(set(lines)))


def _lines(statement: Mapping[str, Any]) -> Iterator[Grant]:
    conditions = tuple(sorted(set(_conditions(statement.get("Condition") or {}))))
    elements = (
        _names(statement, "Principal", _principals),
        _names(statement, "Action", lambda value: [item.lower() for item in _texts(value)]),
        _names(statement, "Resource", _texts),
    )
    for principal, action, resource in product(*elements):
        yield Grant(str(statement["Effect"]), principal, action, resource, conditions)


def _names(statement: Mapping[str, Any], element: str, read: Any) -> list[Names]:
    """Return one set a pattern; one set for a complement; everything where the element is left out, as
    Principal is.
    """
    if f"Not{element}" in statement:
        return [Names(tuple(sorted(set(read(statement[f"Not{element}"])))), but=True)]
    if element not in statement:
        return [Names(("*",))]
    return [Names((pattern,)) for pattern in sorted(set(read(statement[element])))]


def _principals(value: object) -> list[str]:
    if not isinstance(value, Mapping):
        return _texts(value)
    found: list[str] = []
    for sort, names in value.items():
        for name in _texts(names):
            account = _ACCOUNT.match(name) if sort == "AWS" else None
            if account:
                found.append(f"account {account[1]}")
            else:
                found.append(name if sort == "AWS" else f"{sort.lower()} {name}")
    return found


def _conditions(block: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for operator, keys in block.items():
        for key, values in keys.items():
            texts = _texts(values)
            if operator.lower().removesuffix("ifexists").endswith("ipaddress"):
                texts = _networks(texts)
            yield operator.lower(), key.lower(), tuple(sorted(set(texts)))


def _networks(texts: list[str]) -> list[str]:
    try:
        networks = [ipaddress.ip_network(text, strict=False) for text in texts]
    except ValueError:
        return texts
    four = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]
    six = [network for network in networks if isinstance(network, ipaddress.IPv6Network)]
    return [
        str(network) for network in (*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six))
    ]


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list | tuple) else [value]
    return ["true" if item is True else "false" if item is False else str(item) for item in items]
