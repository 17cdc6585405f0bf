"""Many clients at once while the allow-list changes.

`make bench NAME=load` does it with 200 for a minute, and without a pause.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from local.stand import Stand
from tools.load import Answered, Change, Seen
from tools.loaded import loaded

pytestmark = pytest.mark.e2e


def test_the_fence_holds_under_load_while_the_allow_list_changes(stand: Stand, tmp_path: Path) -> None:
    """No outsider gets in, no insider is refused, and every request has a clean answer."""
    seen = loaded(stand, tmp_path, clients=10, seconds=1, pause=0.05)
    assert seen.broken == []
    assert seen.outsiders_allowed() == 0
    assert seen.insiders_refused() == 0
    assert min(len(seen.inside), len(seen.outside), len(seen.moved)) > 50
    assert {each.allowed for each in seen.moved} == {True, False}
    assert [change.opens for change in seen.changes][:2] == [True, False]


def answered(at: float, *, allowed: bool) -> Answered:
    """An answer given a tenth of a second after it was asked for."""
    return Answered(at, at + 0.1, allowed)


def seen(
    *moved: Answered, inside: list[Answered] | None = None, outside: list[Answered] | None = None
) -> Seen:
    """What is counted of these, with a change that opens from 10 to 12 and one that closes from 20 to 22."""
    changes = [Change(10, 12, True), Change(20, 22, False)]
    return Seen(inside or [], outside or [], list(moved), [], changes, 30)


@pytest.mark.parametrize(
    ("met", "allowed", "refused"),
    [
        pytest.param(seen(outside=[answered(11, allowed=True)]), 1, 0, id="outsider in a window"),
        pytest.param(seen(inside=[answered(11, allowed=False)]), 0, 1, id="insider refused in a window"),
        pytest.param(seen(answered(5, allowed=True)), 1, 0, id="allowed before the first change"),
        pytest.param(seen(answered(5, allowed=False)), 0, 0, id="refused before the first change"),
        pytest.param(seen(answered(11, allowed=True), answered(11.5, allowed=False)), 0, 0, id="in a window"),
        pytest.param(seen(answered(15, allowed=False)), 0, 1, id="refused although opened"),
        pytest.param(seen(answered(25, allowed=True)), 1, 0, id="allowed although closed"),
    ],
)
def test_what_the_list_does_not_owe_is_counted(met: Seen, allowed: int, refused: int) -> None:
    """Only clients whose address a change moves may see either list, and only while it is made."""
    assert (met.outsiders_allowed(), met.insiders_refused()) == (allowed, refused)


def test_a_window_lasts_while_old_and_new_answers_mix() -> None:
    """From the first request that met the new list to the last that met the old; else nothing."""
    mixed = seen(answered(10.5, allowed=True), answered(11.5, allowed=False))
    assert mixed.windows() == [pytest.approx(0.9), 0.0]
    assert seen(answered(10.5, allowed=False), answered(11, allowed=True)).windows() == [0.0, 0.0]
