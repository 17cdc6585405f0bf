"""The known name that is closest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["nearest"]

LONGEST = 64
CLOSE_ENOUGH = 3


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name with the fewest edits from `name`, case apart; None where none is near.

    Near means at most three edits and fewer than half of the longer name's letters.
    """
    if len(name) > LONGEST:
        return None
    # Names whose lengths differ by more cannot be near; most known names are passed over by that.
    likely = (other for other in known if abs(len(other) - len(name)) <= CLOSE_ENOUGH)
    best = min(((edits(name.lower(), other.lower()), other) for other in likely), default=None)
    if best is None or best[0] > CLOSE_ENOUGH or best[0] * 2 >= max(len(name), len(best[1])) + 1:
        return None
    return best[1]


def edits(left: str, right: str) -> int:
    """Return how many letters to insert, delete, replace or swap to get from one name to the other."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
