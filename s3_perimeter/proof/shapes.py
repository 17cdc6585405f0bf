"""Shapes: what the values of a condition key look like, as patterns of texts."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits

from s3_perimeter.semantics.globs import (
    Charset,
    Step,
    Steps,
    some_of,
    text_steps,
)

__all__ = ["ANY_SERVICE", "BASES", "GREATEST_NUMBER", "NAME_CHARS", "Shape", "form_steps"]

GREATEST_NUMBER = 10**30
"""No modelled condition names a number as great."""


class Shape(StrEnum):
    """What a key's values look like; it decides which operators are modelled on the key."""

    TEXT = "any text"
    ARN = "an ARN"
    ACCOUNT = "an account id"
    SERVICE = "a service principal's name"
    CHOICE = "one of a few words"
    ADDRESS = "an IP address"
    NUMBER = "a whole number from 0"
    MOMENT = "a moment"


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
