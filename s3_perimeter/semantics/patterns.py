"""Patterns of policies: the wildcards ``*`` and ``?``, ARN patterns, and policy variables.

Sources: "IAM JSON policy elements: Condition operators" (string and ARN operators), "… elements: Resource",
and "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from s3_perimeter.semantics.globs import (
    ANYTHING,
    ESCAPED,
    Automaton,
    Charset,
    Step,
    Steps,
    glob_steps,
    text_steps,
)

__all__ = [
    "OTHER_CASES",
    "arn_matches",
    "has_variable",
    "literal",
    "matches",
    "resource_pattern_matches",
    "widened",
]

_COLONS = 5
"""How many colons stand before the last segment of an ARN, where wildcards take colons too."""
(_COLON,) = text_steps(":")
_NOT_COLON = Charset(frozenset(":"), out=True)
_NO_COLON = {Step(ANYTHING, many): Step(_NOT_COLON, many) for many in (False, True)}
_VARIABLE = re.compile(r"\$\{[^}]*\}")
OTHER_CASES = {
    "i": "\N{LATIN SMALL LETTER DOTLESS I}\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    "k": "\N{KELVIN SIGN}",
    "s": "\N{LATIN SMALL LETTER LONG S}",
}
"""Letters beyond ASCII that some readers take for another case of one in it."""


def has_variable(text: str, *, variables: bool) -> bool:
    """Whether the text holds a policy variable, which makes its meaning differ from request to request.

    ``${*}``, ``${?}`` and ``${$}`` are no variables but the way to write these characters. Before Version
    2012-10-17 (`variables` false) there are none.
    """
    if not variables or "${" not in text:
        return False
    # What is opened and never closed may be read as anything, so it counts as a variable too.
    return "${" in _VARIABLE.sub(lambda found: "" if found[0] in ESCAPED else found[0], text)


def literal(text: str, *, variables: bool) -> str:
    """Return what a value without wildcards stands for: itself, with escaped characters resolved."""
    if not variables or "${" not in text:
        return text
    return _VARIABLE.sub(lambda found: ESCAPED.get(found[0], found[0]), text)


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
            found.append(text[at:end] if text[at:end] in ESCAPED else "*")
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
    return _compiled(pattern, variables=variables).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, variables: bool) -> re.Pattern[str]:
    """Return a pattern as a regular expression.

    What stands between two ``*`` is taken as early as can be, and never tried again further behind.
    """
    pieces = [""]
    for chars, many in glob_steps(pattern, variables=variables):
        if many:
            pieces.append("")
        else:
            pieces[-1] += "." if chars is ANYTHING else re.escape(*chars.chars)
    first, *middle = pieces
    last = middle.pop() if middle else None
    inner = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(first if last is None else f"{first}{inner}.*{last}", re.DOTALL)


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


def resource_pattern_matches(pattern: str, arn: str, *, variables: bool) -> bool | None:
    """Whether a pattern of a ``Resource`` element without policy variables matches an ARN.

    A wildcard stays within its segment of the ARN, but for a ``*`` that is the segment's last character. None
    where one would have to take a colon that by the documentation it does not take: readers of policies who
    take the ARN for one text let it.
    """
    if not matches(pattern, arn, variables=variables):
        return False
    head = pattern.rpartition(":")[0]
    if "*" not in head and "?" not in head and head.count(":") >= _COLONS - 1:
        return True
    confined = _confined(pattern, variables=variables)
    if confined is None:
        return True
    within, behind = confined
    *_, last = arn.split(":", _COLONS)
    start = arn.removesuffix(last) if arn.count(":") >= _COLONS else arn
    state = behind.after(arn[len(start) :], within.after(start, within.start))
    return True if state & behind.ends[0] else None


@lru_cache(maxsize=1024)
def _confined(pattern: str, *, variables: bool) -> tuple[Automaton, Automaton] | None:
    """Return what runs a pattern within the first five segments of an ARN, and what does behind them; None
    where no wildcard of it could take a colon that it does not take.
    """
    steps = glob_steps(pattern, variables=variables)
    within = tuple(
        step if step.chars is not ANYTHING or (step.many and _ends_segment(steps[at:])) else _NO_COLON[step]
        for at, step in enumerate(steps)
    )
    colons = (at for at, step in enumerate(steps) if step == _COLON)
    fifth = next(islice(colons, _COLONS - 1, None), len(steps))
    return None if within[:fifth] == steps[:fifth] else (Automaton([within]), Automaton([steps]))


def _ends_segment(steps: Steps) -> bool:
    """Whether nothing but ``*`` stands before the end of a segment."""
    return next((step for step in steps if not step.many), _COLON) == _COLON
