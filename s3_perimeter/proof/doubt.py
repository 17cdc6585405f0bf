"""Doubt: how a question takes what AWS does not document."""

from __future__ import annotations

from enum import Enum

__all__ = ["Doubt"]


class Doubt(Enum):
    """Who gets the benefit of the doubt.

    PROVING: the attacker. Whatever is not documented may be so, in every way that suits them, and what a
    statement covers is only what it covers for certain.
    WITNESS: the policy. Requests are those that surely exist, and a statement that may cover one counts as
    covering it, so that a request which is left gets through for certain.
    DOCUMENTED: nobody, where two policies are compared by what AWS documents: a key is absent where it is
    doubtful in a channel and documented in another.
    EVERYTHING: nobody, where they are compared by all that may be. In both policies alike, a key is absent
    of which AWS says nothing.
    """

    PROVING = "proving"
    WITNESS = "witness"
    DOCUMENTED = "documented"
    EVERYTHING = "everything"

    @property
    def takes_in_the_undocumented(self) -> bool:
        """Whether requests are looked at of which it is not documented that they exist."""
        return self in (Doubt.PROVING, Doubt.EVERYTHING)

    @property
    def is_comparing(self) -> bool:
        """Whether two sides are compared, for which what is not documented is the same."""
        return self in (Doubt.DOCUMENTED, Doubt.EVERYTHING)
