"""Exact reasoning about patterns: every way in which a text can match some of them and not the others.

All patterns of one axis run side by side in one automaton. A walk over the reachable states finds every
combination of matching patterns, with a shortest text for each. Characters that no pattern distinguishes are
walked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.globs import Automaton, Charset, Steps

__all__ = ["classes"]

_FILLERS = "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"
_STATE = 8
"""What one state costs of the budget."""
_WIDTH = 2048
"""For how many places of all patterns a state costs a step more."""
_SAMPLED = 300
"""How many states to find for samples."""
_RANKS = {char: rank for rank, char in enumerate(_FILLERS)}


def classes(
    bases: Sequence[Steps],
    patterns: Iterable[Steps],
    budget: Budget,
    *,
    preferred: Iterable[str] = (),
    excluded: Iterable[Steps] = (),
) -> list[str]:
    """Return one text for every combination of patterns that some text of a base can match.

    A text counts when it matches at least one base and none of `excluded`. Texts out of
    `preferred` are taken where they fit, else a shortest one; the texts of preferred come first, in their
    order. With a budget that is for samples, only some combinations, each pattern's own among them.
    """
    distinct = list(dict.fromkeys(patterns))
    if budget.sampling:
        preferred = [*preferred, *map(_instance, distinct)]
    return _Walk(bases, distinct, list(excluded)).classes(budget, preferred)


def _instance(steps: Steps) -> str:
    """Return a shortest text that matches a pattern."""
    return "".join(
        _unused(step.chars.chars) if step.chars.out else min(step.chars.chars)
        for step in steps
        if not step.many
    )


class _Walk(Automaton):
    """A walk over the texts of some bases, along with all patterns that they may match."""

    def __init__(self, bases: Sequence[Steps], patterns: Sequence[Steps], excluded: Sequence[Steps]) -> None:
        super().__init__([*bases, *excluded, *patterns])
        self.alphabet = _Alphabet(step.chars for steps in (*bases, *excluded, *patterns) for step in steps)
        behind = len(bases) + len(excluded)
        self.base_ends, self.excluded_ends, self.pattern_ends = map(
            sum, (self.ends[: len(bases)], self.ends[len(bases) : behind], self.ends[behind:])
        )
        self.base_bits = 2 * self.ends[len(bases) - 1] - 1
        self.named_places = 0
        for places in self.named.values():
            self.named_places |= places
        self.cost = _STATE + len(self.waits_for) // _WIDTH

    def signature(self, state: int) -> int | None:
        """Return which patterns a text that ends here matches; None where the text does not count."""
        if state & self.base_ends and not state & self.excluded_ends:
            return state & self.pattern_ends
        return None

    def classes(self, budget: Budget, preferred: Iterable[str]) -> list[str]:
        """Return one text for each reachable signature."""
        found: dict[int, str] = {}
        for text in preferred:
            signature = self.signature(self.after(text, self.start))
            if signature is not None:
                found.setdefault(signature, text)
        seen = {self.start}
        level = [(self.start, "")]
        while level and not (budget.sampling and len(seen) > _SAMPLED):
            following: list[tuple[int, str]] = []
            budget.spend(self.cost * len(level), "too many ways in which the patterns of the policy overlap")
            for state, text in level:
                signature = self.signature(state)
                if signature is not None:
                    found.setdefault(signature, text)
                for char in self.alphabet.tried(self._waited_for(state)):
                    step, loop = self._moves.get(char) or self.moves(char)
                    after = (state & step) << 1 | state & loop
                    if not after & self.base_bits or after in seen:
                        continue
                    # Where no pattern can match any more, all that is to be found is a text without a match.
                    if after & ~self.base_bits or 0 not in found:
                        seen.add(after)
                        following.append((after, text + char))
            level = following
        return list(found.values())

    def _waited_for(self, state: int) -> frozenset[str]:
        """Return the characters by name that some place of a state waits for."""
        places = state & self.named_places
        if places.bit_count() > len(self.named):
            return frozenset([char for char, at in self.named.items() if places & at])
        found: frozenset[str] = frozenset()
        while places:
            lowest = places & -places
            found |= self.waits_for[lowest.bit_length() - 1].chars
            places ^= lowest
        return found


class _Alphabet:
    """Characters in groups: two of one group differ only where a place waits for one of them by name."""

    def __init__(self, charsets: Iterable[Charset]) -> None:
        distinct = dict.fromkeys(charsets)
        every = frozenset().union(*(charset.chars for charset in distinct))
        groups = [every | {_unused(every)}]
        for charset in distinct:
            if not charset.is_named:
                groups = [
                    part
                    for group in groups
                    for part in (group & charset.chars, group - charset.chars)
                    if part
                ]
        self.groups = [sorted(group, key=lambda char: _RANKS.get(char, len(_RANKS))) for group in groups]
        self._tried: dict[frozenset[str], list[str]] = {}

    def tried(self, named: frozenset[str]) -> list[str]:
        """Return the characters to walk on with: those waited for by name, and one more of each group."""
        found = self._tried.get(named)
        if found is None:
            rest = (next((char for char in group if char not in named), None) for group in self.groups)
            found = self._tried[named] = [*(char for char in rest if char is not None), *sorted(named)]
        return found


def _unused(chars: frozenset[str]) -> str:
    """Return a character that is not among those, one that reads well if there is one."""
    return next(char for char in chain(_FILLERS, map(chr, count(0xE0))) if char not in chars)
