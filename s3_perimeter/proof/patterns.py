"""Patterns: by what conditions distinguish texts, and what the texts of a key look like, as steps."""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits

from s3_perimeter.documents.document import Condition
from s3_perimeter.proof.keys import Shape
from s3_perimeter.semantics.conditions import NEGATED
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

__all__ = ["ANY_SERVICE", "BASES", "NAME_CHARS", "form_steps", "pattern_steps"]

_LOWER = ascii_lowercase + digits
_WORD = ascii_lowercase + ascii_uppercase + digits
NAME_CHARS = _WORD + "+=,.@_-"
"""What names of users, roles and sessions are made of ("IAM and AWS STS quotas")."""

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


_PARTS: dict[str, Steps] = {
    "id": some_of(_LOWER),
    "path": (Step(Charset(frozenset(_LOWER + "/-")), many=True),),
    "region": some_of(_LOWER + "-"),
    "account": BASES[Shape.ACCOUNT],
    "access-point": some_of(_LOWER + "-", least=3),
    "function": some_of(_WORD + "-_"),
    "unique": some_of(ascii_uppercase + digits),
    "session": some_of(NAME_CHARS, least=2),
}
"""What stands for a part of a form."""
_PART = re.compile(r"\{([a-z-]+)\}")


@lru_cache(maxsize=256)
def form_steps(form: str, partition: str) -> Steps:
    """Return the pattern of a form, which is text with parts in braces."""
    found: list[Step] = []
    for at, piece in enumerate(_PART.split(form.replace("{partition}", partition))):
        found += _PARTS[piece] if at % 2 else text_steps(piece)
    return tuple(found)


def pattern_steps(condition: Condition, *, variables: bool, wild: Charset = ANYTHING) -> list[Steps]:
    """Return the patterns by which a text condition distinguishes values; its negation has the same."""
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
