"""Patterns of policies: the wildcards ``*`` and ``?``, ARN patterns, and policy variables.

Sources: "IAM JSON policy elements: Condition operators" (string and ARN operators) and "IAM policy elements:
Variables and tags".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["ANY", "ONE", "Token", "arn_matches", "folded", "has_variable", "literal", "matches", "tokens"]

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_ESCAPED = {"${*}": "*", "${?}": "?", "${$}": "$"}


class Token(NamedTuple):
    """One step of a pattern: a character, or a wildcard where `char` is None; `many` is ``*``, else ``?``."""

    char: str | None
    many: bool = False


ANY = Token(None, many=True)
ONE = Token(None)


def has_variable(text: str, *, variables: bool) -> bool:
    """Whether the text holds a policy variable, which makes its meaning differ from request to request.

    ``${*}``, ``${?}`` and ``${$}`` are no variables but the way to write these characters. Before Version
    2012-10-17 (`variables` false) there are none.
    """
    if not variables or "${" not in text:
        return False
    # What is opened and never closed may be read as anything, so it counts as a variable too.
    return "${" in _VARIABLE.sub(lambda found: "" if found[0] in _ESCAPED else found[0], text)


def folded(text: str) -> str:
    """Return the text in one case. ASCII only: `str.lower` makes a k of the Kelvin sign, AWS's names do
    not.
    """
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)


@lru_cache(maxsize=4096)
def tokens(pattern: str, *, variables: bool) -> tuple[Token, ...]:
    """Read a pattern as its steps; the caller has made sure that it holds no variable."""
    found: list[Token] = []
    at = 0
    while at < len(pattern):
        if variables and (escaped := _ESCAPED.get(pattern[at : at + 4])):
            found.append(Token(escaped))
            at += 4
            continue
        char = pattern[at]
        found.append(ANY if char == "*" else ONE if char == "?" else Token(char))
        at += 1
    return tuple(found)


def literal(text: str, *, variables: bool) -> str:
    """Return what a value without wildcards stands for: itself, with escaped characters resolved."""
    if not variables or "${" not in text:
        return text
    return _VARIABLE.sub(lambda found: _ESCAPED.get(found[0], found[0]), text)


def matches(pattern: str, text: str, *, variables: bool) -> bool:
    """Whether a pattern matches the whole text; ``*`` and ``?`` match any character, ``/`` and ``:`` too."""
    if pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern and "$" not in pattern:
        return pattern == text
    if "?" not in pattern and "$" not in pattern and pattern.find("*") == len(pattern) - 1:
        return text.startswith(pattern[:-1])
    return _steps_match(tokens(pattern, variables=variables), text)


def _steps_match(steps: tuple[Token, ...], text: str) -> bool:
    """Match step by step; on a mismatch let the last ``*`` take one character more. Time is len x len."""
    step = at = 0
    star, taken = -1, 0
    while at < len(text):
        if step < len(steps) and steps[step].many:
            star, taken = step, at
            step += 1
        elif step < len(steps) and steps[step].char in (None, text[at]):
            step += 1
            at += 1
        elif star >= 0:
            taken += 1
            step, at = star + 1, taken
        else:
            return False
    return all(token.many for token in steps[step:])


def arn_matches(pattern: str, text: str, *, variables: bool) -> bool | None:
    """Whether an ARN pattern matches an ARN: each of the six parts by itself, the last one with its colons.

    None where the pattern has fewer than six parts: AWS does not document what it does with one.
    """
    wanted = pattern.split(":", 5)
    if len(wanted) < 6:
        return None
    given = text.split(":", 5)
    return len(given) == 6 and all(
        matches(part, value, variables=variables) for part, value in zip(wanted, given, strict=True)
    )
