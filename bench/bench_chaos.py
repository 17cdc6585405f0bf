"""Chaos over a whole deployment: every AWS call failing in turn, and the CLI killed at twenty moments.

One call fails in one way a round, and the ways take turns, so that each call fails once; `CHAOS=4` in the
environment lets each call fail in each of the four ways. Each round is reported on standard error.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from bench.rows import Row
from local.aws.faults import Fault
from local.stand import Stand
from tests.e2e.stacks import checkout_stack
from tools.chaos import Chaos, Round

BUCKET = "chaos-data"
KILLS = 20


def rows() -> Iterator[Row]:
    """Yield the counts that have to be zero, for failing calls and for kills."""
    with tempfile.TemporaryDirectory() as place, Stand(Path(place) / "stand") as stand:
        chaos = Chaos(
            checkout_stack(stand, Path(place), "chaos", passphrase=True, bucketName=BUCKET), stand, BUCKET
        )
        calls = chaos.calls()
        turns = range(int(os.environ.get("CHAOS", "1")))
        yield from counted("one call fails", played(failing(chaos, calls, turns)))
        yield from counted("kill -9", played(killing(chaos, calls)))


def failing(chaos: Chaos, calls: int, turns: Iterable[int]) -> Iterator[Callable[[], Round]]:
    """Yield one round for every call in each turn; after four turns each call has failed in every way."""
    ways = list(Fault)
    for turn, at in itertools.product(turns, range(1, calls + 1)):
        fault = ways[(at + turn) % len(ways)]
        yield partial(chaos.one_call_fails, at, fault)


def killing(chaos: Chaos, calls: int) -> Iterator[Callable[[], Round]]:
    """Yield one round for each of the moments, which are spread evenly over the calls."""
    for number in range(KILLS):
        at = 1 + number * (calls - 1) // KILLS
        yield partial(chaos.killed, at)


def played(rounds: Iterable[Callable[[], Round]]) -> list[Round]:
    """Return the results of the rounds; each is reported as soon as it ends."""
    results = []
    for play in rounds:
        result = play()
        results.append(result)
        for line in result.wrong or [f"{result.label}: ok"]:
            print(line, file=sys.stderr, flush=True)
    return results


def counted(name: str, results: list[Round]) -> Iterator[Row]:
    """Yield the counts over all rounds."""
    yield Row(f"{name}: deployments tried", len(results), "")
    yield Row(
        f"{name}: did not converge",
        sum(not (each.converged and each.reached) for each in results),
        "",
        target=0,
    )
    yield Row(
        f"{name}: access keys that are not in the state, reported",
        sum(len(each.orphans) for each in results),
        "",
    )
    yield Row(
        f"{name}: access keys that are not in the state, not reported",
        sum(not each.reported for each in results),
        "",
        target=0,
    )
    yield Row(f"{name}: names taken, freed as the guide says", sum(len(each.by_hand) for each in results), "")
    yield Row(
        f"{name}: left behind after destroy", sum(len(each.left_behind) for each in results), "", target=0
    )
    yield Row(
        f"{name}: requests from outside, allowed", sum(len(each.allowed) for each in results), "", target=0
    )
    yield Row(f"{name}: requests from outside", sum(each.probes for each in results), "")
