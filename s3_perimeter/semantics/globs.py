"""Globs: patterns of texts as steps, each a set of characters, that can be run and compared.

A pattern of a policy, an ARN pattern and the form of a key's values all become such steps.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

from s3_perimeter.semantics.patterns import Token, tokens

__all__ = ["ANYTHING", "Charset", "Step", "Steps", "arn_steps", "glob_steps", "some_of", "text_steps"]


class Charset(NamedTuple):
    """A set of characters, listed or (with `out`) everything but those listed."""

    chars: frozenset[str]
    out: bool = False

    def holds(self, char: str) -> bool:
        """Whether a character is in the set."""
        return (char in self.chars) is not self.out


ANYTHING = Charset(frozenset(), out=True)


class Step(NamedTuple):
    """One step of a pattern: a character of the set, or with `many` any number of them, none included."""

    chars: Charset
    many: bool = False


Steps: TypeAlias = tuple[Step, ...]


@lru_cache(maxsize=1024)
def _single(char: str, *, fold: bool) -> Charset:
    """Return the set of one character, in both cases with `fold`."""
    return Charset(frozenset({char.lower(), char.upper()} if fold and char.isascii() else {char}))


def text_steps(text: str, *, fold: bool = False) -> Steps:
    """Return the pattern that only the text itself matches, in any case with `fold`."""
    return tuple(Step(_single(char, fold=fold)) for char in text)


def glob_steps(pattern: str, *, variables: bool, wild: Charset = ANYTHING) -> Steps:
    """Return a wildcard pattern; its wildcards take characters of `wild` only."""
    return tuple(_step(token, wild) for token in tokens(pattern, variables=variables))


def arn_steps(pattern: str, *, variables: bool, wild: Charset = ANYTHING) -> Steps:
    """Return an ARN pattern: up to the fifth colon its wildcards take no colon.

    `wild` is everything but a few characters.
    """
    *parts, last = pattern.split(":", 5)
    inner = Charset(wild.chars | {":"}, out=True)
    found: list[Step] = []
    for part in parts:
        found += (*glob_steps(part, variables=variables, wild=inner), *text_steps(":"))
    return (*found, *glob_steps(last, variables=variables, wild=wild))


def some_of(chars: str, *, least: int = 1) -> Steps:
    """Return the pattern of at least so many characters out of those."""
    charset = Charset(frozenset(chars))
    return (*(Step(charset) for _ in range(least)), Step(charset, many=True))


def _step(token: Token, wild: Charset) -> Step:
    """Return one step of a wildcard pattern."""
    if token.char is None:
        return Step(wild, many=token.many)
    return Step(_single(token.char, fold=False))
