"""Folding: the one case in which names are compared that AWS compares without regard to case."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["folded"]

_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@lru_cache(maxsize=512)
def folded(text: str) -> str:
    """Return the text in one case. ASCII only: `str.lower` makes a k of the Kelvin sign, AWS's names do
    not.
    """
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)
