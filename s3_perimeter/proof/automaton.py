"""Exact reasoning about patterns: every way in which a text can match some of them and not the others.

All patterns of one axis run side by side in one nondeterministic automaton whose state is one integer, a
bit per place in a pattern (the bit-parallel method of Baeza-Yates and Gonnet). A walk over the reachable
states finds every combination of matching patterns, with a shortest text for each. Characters that no pattern
distinguishes are walked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count

from s3_perimeter.proof.work import Budget
from s3_perimeter.semantics.globs import Charset, Steps

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
    return _Automaton(bases, distinct, list(excluded)).classes(budget, preferred)


def _instance(steps: Steps) -> str:
    """Return a shortest text that matches a pattern."""
    return "".join(
        _unused(step.chars.chars) if step.chars.out else min(step.chars.chars)
        for step in steps
        if not step.many
    )


class _Automaton:
    """Patterns laid side by side, one bit a place."""

    def __init__(self, bases: Sequence[Steps], patterns: Sequence[Steps], excluded: Sequence[Steps]) -> None:
        everything = [*bases, *excluded, *patterns]
        self.start = self.base_bits = self.base_ends = self.excluded_ends = self.pattern_ends = 0
        self.alphabet = _Alphabet(step.chars for steps in everything for step in steps)
        self.named: dict[int, frozenset[str]] = {}
        """The characters by name that each place waits for; walking tries them and one of each group."""
        self._named_steps: dict[str, int] = {}
        steps_at: list[tuple[int, Charset]] = []
        loops_at: list[tuple[int, Charset]] = []
        place = 0
        for number, steps in enumerate(everything):
            first = place
            self.start |= 1 << place
            for step in steps:
                if step.many:
                    loops_at.append((place, step.chars))
                else:
                    if is_named(step.chars):
                        self.named[place] = step.chars.chars
                        for char in step.chars.chars:
                            self._named_steps[char] = self._named_steps.get(char, 0) | 1 << place
                    else:
                        steps_at.append((place, step.chars))
                    place += 1
            end = 1 << place
            place += 1
            if number < len(bases):
                self.base_bits |= (1 << place) - (1 << first)
                self.base_ends |= end
            elif number < len(bases) + len(excluded):
                self.excluded_ends |= end
            else:
                self.pattern_ends |= end
        self.named_places = sum(1 << at for at in self.named)
        self._steps_at, self._loops_at = _by_charset(steps_at), _by_charset(loops_at)
        self.cost = _STATE + place // _WIDTH
        self._moves: dict[str, tuple[int, int]] = {}

    def moves(self, char: str) -> tuple[int, int]:
        """Return the places that a character moves on from, and those that it may stay at."""
        found = self._moves.get(char)
        if found is None:
            step, loop = self._named_steps.get(char, 0), 0
            for charset, bits in self._steps_at.items():
                if charset.holds(char):
                    step |= bits
            for charset, bits in self._loops_at.items():
                if charset.holds(char):
                    loop |= bits
            found = self._moves[char] = step, loop
        return found

    def after(self, text: str) -> int:
        """Return the state after a whole text."""
        state = self.start
        for char in text:
            step, loop = self.moves(char)
            state = (state & step) << 1 | state & loop
        return state

    def signature(self, state: int) -> int | None:
        """Return which patterns a text that ends here matches; None where the text does not count."""
        if state & self.base_ends and not state & self.excluded_ends:
            return state & self.pattern_ends
        return None

    def classes(self, budget: Budget, preferred: Iterable[str]) -> list[str]:
        """Return one text for each reachable signature."""
        found: dict[int, str] = {}
        for text in preferred:
            signature = self.signature(self.after(text))
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
        if places.bit_count() > len(self._named_steps):
            return frozenset(char for char, at in self._named_steps.items() if places & at)
        found: frozenset[str] = frozenset()
        while places:
            lowest = places & -places
            found |= self.named[lowest.bit_length() - 1]
            places ^= lowest
        return found


def _by_charset(places: Iterable[tuple[int, Charset]]) -> Mapping[Charset, int]:
    """Return the bits of the places of each set of characters."""
    found: dict[Charset, int] = {}
    for place, charset in places:
        found[charset] = found.get(charset, 0) | 1 << place
    return found


def is_named(charset: Charset) -> bool:
    """Whether a set is one character by name, be it in both its cases."""
    return not charset.out and len(charset.chars) <= 2


class _Alphabet:
    """Characters in groups: two of one group differ only where a place waits for one of them by name."""

    def __init__(self, charsets: Iterable[Charset]) -> None:
        distinct = set(charsets)
        every = frozenset().union(*(charset.chars for charset in distinct))
        groups = [every | {_unused(every)}]
        for charset in distinct:
            if not is_named(charset):
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
