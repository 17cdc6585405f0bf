"""Running the tests against mutants, each in a process forked from one that has read all the tests."""

from __future__ import annotations

import gc
import os
import resource
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType

import pytest
from _pytest.runner import runtestprotocol

from tools.mutants.codes import code_as_it_is, functions_of_the_core, put_in_place
from tools.mutants.making import Mutant

__all__ = ["SLOW", "TESTS", "Mutating"]

BENEATH = ("test_addresses", "semantics/test_conditions", "semantics/test_evaluation", "test_actions")
"""Tests of what the proof stands on, which cannot notice a change of the proof."""
ABOVE = (
    "proof/test_prove",
    "proof/test_prove_exemptions",
    "access/test_lockouts",
    "access/test_lockouts_whom",
    "access/test_dead_allows",
    "semantics/test_explanation",
    "proof/test_prove_addresses",
    "proof/test_prove_automaton",
    "proof/test_prove_keys",
    "proof/test_prove_result",
    "proof/test_subtle_policies",
    "test_comparison",
    "test_build",
    "proof/test_attacks",
    "proof/test_attacks_on_work",
    "semantics/test_patterns",
    "semantics/test_globs",
    "proof/test_prove_classes",
    "proof/test_prove_denies",
)
SHOWN = ("check", "compare", "denied_judge")
"""Tests of the commands that show what the core says, and its JSON."""
TESTS = (
    *(f"tests/s3_perimeter/{name}.py" for name in (*BENEATH, *ABOVE)),
    *(f"tests/s3_perimeter/commands/test_{name}.py" for name in SHOWN),
)
"""In the order in which they run."""
SLOW = (
    "tests/s3_perimeter/proof/test_prove_properties.py",
    "tests/s3_perimeter/proof/test_prove_exhaustive.py",
    "tests/s3_perimeter/access/test_lockouts_tried_out.py",
    "tests/s3_perimeter/access/test_dead_allows_tried_out.py",
    "tests/s3_perimeter/test_build_properties.py",
    "tests/s3_perimeter/proof/test_prove_corpus.py",
    "tests/judges/test_smt.py",
)
"""Those that follow where none of the others has noticed, but for `--quick`."""
SECONDS = 90
"""Of processor time for one mutant: thrice what all the tests need. What takes longer has been noticed."""
MEMORY = 3 * 2**30


def noticed(
    mutant: Mutant, code: CodeType, items: Sequence[pytest.Item], loaded: Sequence[object]
) -> str | None:
    """Return which test notices a mutant, None where none does."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        ended = 3
        try:
            os.close(reading)
            ended = _tested(mutant, code, items, loaded, writing)
        except MemoryError:
            ended = 1
        finally:
            os._exit(ended)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) > 1:
        raise RuntimeError(f"{mutant} could not be tried")
    return None if status == 0 else said or "no end in time or memory"


def _tested(
    mutant: Mutant, changed: CodeType, items: Sequence[pytest.Item], loaded: Sequence[object], pipe: int
) -> int:
    """Run the tests in this process until one fails; 0 when all of them pass."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Bounds of time are for an idle machine: here they would notice mutants that nothing else does.
    time.process_time = lambda: 0.0
    put_in_place(mutant, changed, loaded)
    for at, item in enumerate(items):
        for report in runtestprotocol(
            item, log=False, nextitem=items[at + 1] if at + 1 < len(items) else None
        ):
            if report.failed:
                os.write(pipe, report.nodeid.encode()[:400])
                return 1
    return 0


def in_order(mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that can notice a mutant, those of its own file first."""
    own = f"test_{Path(mutant.file).stem}.py"
    if "/proof/" in mutant.file or "/access/" in mutant.file:
        items = [item for item in items if item.path.stem.removeprefix("test_") not in BENEATH]
    return sorted(items, key=lambda item: item.path.name != own)


class Mutating:
    """A pytest plugin that runs all tests once for every mutant, and before that once as they are."""

    def __init__(self, picked: Mapping[Mutant, CodeType]) -> None:
        self.picked = picked

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants in place of the tests; pytest calls this after it has read the tests."""
        started = time.monotonic()
        counted: Counter[str] = Counter()
        loaded = functions_of_the_core()
        gc.freeze()
        for mutant in [*self.picked][:1]:
            failing = noticed(mutant, code_as_it_is(mutant.file), session.items, loaded)
            if failing is not None:
                pytest.exit(f"{failing} fails without any change", returncode=2)
        for mutant, code in self.picked.items():
            by = noticed(mutant, code, in_order(mutant, session.items), loaded)
            counted[mutant.file] += by is not None
            print(f"{'killed' if by else 'LIVED '} {mutant}{f'   [{by}]' if by else ''}", flush=True)
        for file, of in sorted(Counter(mutant.file for mutant in self.picked).items()):
            print(f"{file}: {counted[file]} of {of} killed")
        print(f"{counted.total()} of {len(self.picked)} killed; {time.monotonic() - started:.0f} s")
        return True
