"""Globs: patterns of texts as steps, and the automaton that runs some of them over a text side by side.

A pattern of a policy, an ARN pattern and the form of a key's values all become such steps. The state of an
automaton is one integer, a bit per place in a pattern (the bit-parallel method of Baeza-Yates and Gonnet).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

__all__ = [
    "ANYTHING",
    "ESCAPED",
    "Automaton",
    "Charset",
    "Step",
    "Steps",
    "arn_steps",
    "glob_steps",
    "some_of",
    "text_steps",
]

ESCAPED = {"${*}": "*", "${?}": "?", "${$}": "$"}
"""How a policy that knows variables writes the characters that are special in its patterns."""
_SIGN = re.compile(r"\$\{[*?$]\}|.", re.DOTALL)


class Charset(NamedTuple):
    """A set of characters, listed or (with `out`) everything but those listed."""

    chars: frozenset[str]
    out: bool = False

    @property
    def is_named(self) -> bool:
        """Whether it is one character by name, be it in both its cases."""
        return not self.out and len(self.chars) <= 2

    def holds(self, char: str) -> bool:
        """Whether a character is in the set."""
        return (char in self.chars) is not self.out


ANYTHING = Charset(frozenset(), out=True)
_NOTHING = Charset(frozenset())


class Step(NamedTuple):
    """One step of a pattern: a character of the set, or with `many` any number of them, none included."""

    chars: Charset
    many: bool = False


Steps: TypeAlias = tuple[Step, ...]


@lru_cache(maxsize=1024)
def _single(char: str, *, fold: bool = False) -> Step:
    """Return the step of one character, in both cases with `fold`."""
    return Step(Charset(frozenset({char.lower(), char.upper()} if fold and char.isascii() else {char})))


def text_steps(text: str, *, fold: bool = False) -> Steps:
    """Return the pattern that only the text itself matches, in any case with `fold`."""
    return tuple(_single(char, fold=fold) for char in text)


@lru_cache(maxsize=4096)
def glob_steps(pattern: str, *, variables: bool, wild: Charset = ANYTHING) -> Steps:
    """Return a wildcard pattern without policy variables; its wildcards take characters of `wild` only."""
    wildcards = {"*": Step(wild, many=True), "?": Step(wild)}
    signs = _SIGN.findall(pattern) if variables else pattern
    return tuple([wildcards.get(sign) or _single(ESCAPED.get(sign, sign)) for sign in signs])


def arn_steps(pattern: str, *, variables: bool, wild: Charset = ANYTHING) -> Steps:
    """Return an ARN pattern: up to the fifth colon its wildcards take no colon.

    `wild` is everything but a few characters.
    """
    *parts, last = pattern.split(":", 5)
    inner = Charset(wild.chars | {":"}, out=True)
    found: list[Step] = []
    for part in parts:
        found += (*glob_steps(part, variables=variables, wild=inner), _single(":"))
    return (*found, *glob_steps(last, variables=variables, wild=wild))


def some_of(chars: str, *, least: int = 1) -> Steps:
    """Return the pattern of at least so many characters out of those."""
    charset = Charset(frozenset(chars))
    return (*(Step(charset) for _ in range(least)), Step(charset, many=True))


class Automaton:
    """Patterns side by side, one bit a place; a text matches those at the ends of which its state has a bit.

    `ends` has the bit of each pattern's end, `waits_for` the characters that move on from each place, and
    `named` the places that wait for a character by name.
    """

    def __init__(self, patterns: Iterable[Steps]) -> None:
        self.start = 0
        self.ends: list[int] = []
        self.waits_for: list[Charset] = []
        self.named: dict[str, int] = {}
        self._sets: dict[Charset, int] = {}
        self._loops: dict[Charset, int] = {}
        self._moves: dict[str, tuple[int, int]] = {}
        waiting: dict[Charset, int] = {}
        for steps in patterns:
            self.start |= 1 << len(self.waits_for)
            for chars, many in steps:
                places = self._loops if many else waiting
                places[chars] = places.get(chars, 0) | 1 << len(self.waits_for)
                if not many:
                    self.waits_for.append(chars)
            self.ends.append(1 << len(self.waits_for))
            self.waits_for.append(_NOTHING)
        for chars, bits in waiting.items():
            if chars.is_named:
                for char in chars.chars:
                    self.named[char] = self.named.get(char, 0) | bits
            else:
                self._sets[chars] = bits

    def moves(self, char: str) -> tuple[int, int]:
        """Return the places that a character moves on from, and those that it may stay at."""
        found = self._moves.get(char)
        if found is None:
            step, loop = self.named.get(char, 0), 0
            for chars, bits in self._sets.items():
                step |= bits if chars.holds(char) else 0
            for chars, bits in self._loops.items():
                loop |= bits if chars.holds(char) else 0
            found = self._moves[char] = step, loop
        return found

    def after(self, text: str, state: int) -> int:
        """Return the state after a whole text that begins in a state."""
        for char in text:
            step, loop = self._moves.get(char) or self.moves(char)
            state = (state & step) << 1 | state & loop
        return state
