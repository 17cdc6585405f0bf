"""Patterns of policies: the wildcards ``*`` and ``?``, ARN patterns, and policy variables.

Sources: "IAM JSON policy elements: Condition operators" (string and ARN operators) and "IAM policy elements:
Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "ANY",
    "ONE",
    "OTHER_CASES",
    "Token",
    "arn_matches",
    "has_variable",
    "literal",
    "matches",
    "tokens",
    "widened",
]

_VARIABLE = re.compile(r"\$\{[^}]*\}")
OTHER_CASES = {
    "i": "\N{LATIN SMALL LETTER DOTLESS I}\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    "k": "\N{KELVIN SIGN}",
    "s": "\N{LATIN SMALL LETTER LONG S}",
}
"""Letters beyond ASCII that some readers take for another case of one in it."""
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


def widened(text: str, *, wildcards: bool) -> str:
    """Return the pattern of all that a text can stand for, whatever its policy variables hold; without
    `wildcards`, ``*`` and ``?`` stand for themselves in it. A variable that is not closed goes to the end.
    """
    if wildcards and "${" not in text:
        return text
    found: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith("${", at):
            end = text.find("}", at) + 1 or len(text)
            found.append(text[at:end] if text[at:end] in _ESCAPED else "*")
            at = end
            continue
        found.append(text[at] if wildcards or text[at] not in "*?" else f"${{{text[at]}}}")
        at += 1
    return "".join(found)


def matches(pattern: str, text: str, *, variables: bool) -> bool:
    """Whether a pattern matches the whole text; ``*`` and ``?`` match any character, ``/`` and ``:`` too."""
    if pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern and "$" not in pattern:
        return pattern == text
    if "?" not in pattern and "$" not in pattern and pattern.find("*") == len(pattern) - 1:
        return text.startswith(pattern[:-1])
    return _pieces_match(_pieces(pattern, variables=variables), text)


class _Piece:
    """What stands between two ``*`` of a pattern: characters, None being any one."""

    def __init__(self, chars: Sequence[str | None]) -> None:
        self.size = len(chars)
        self.fixed = None if None in chars else "".join(char or "" for char in chars)
        self._one_by_one = re.compile(
            "".join("." if char is None else re.escape(char) for char in chars if self.fixed is None),
            re.DOTALL,
        )

    def stands(self, text: str, at: int) -> bool:
        """Whether the piece matches at a place of a text."""
        if self.fixed is not None:
            return text.startswith(self.fixed, at)
        return self._one_by_one.match(text, at) is not None

    def past(self, text: str, start: int, end: int) -> int:
        """Return the place behind the first match between two places of a text, -1 where there is none."""
        if self.fixed is not None:
            at = text.find(self.fixed, start, end)
            return at if at < 0 else at + self.size
        found = self._one_by_one.search(text, start, end)
        return found.end() if found else -1


@lru_cache(maxsize=4096)
def _pieces(pattern: str, *, variables: bool) -> tuple[_Piece, ...]:
    """Return the pieces of a pattern: one more than it has stars."""
    pieces: list[list[str | None]] = [[]]
    for token in tokens(pattern, variables=variables):
        if token.many:
            pieces.append([])
        else:
            pieces[-1].append(token.char)
    return tuple(map(_Piece, pieces))


def _pieces_match(pieces: tuple[_Piece, ...], text: str) -> bool:
    """Match the first piece at the start, the last at the end, and each other one as early as can be."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return first.size == len(text) and first.stands(text, 0)
    end = len(text) - last.size
    if end < first.size or not first.stands(text, 0) or not last.stands(text, end):
        return False
    at = first.size
    for piece in pieces[1:-1]:
        at = piece.past(text, at, end)
        if at < 0:
            return False
    return True


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
