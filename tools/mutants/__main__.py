"""`python -m tools.mutants`: change the core in one place at a time, and see whether a test notices.

What a mutant is, `making` says; `codes` exchanges the code of loaded functions, nothing on disk; `running`
runs the tests, in a process of its own for each mutant. What lived is printed, to be judged by hand: some
mutants change nothing that can be seen.
"""

from __future__ import annotations

import argparse
import os
import random
from pathlib import Path

import hypothesis
import pytest

from tools.mutants.codes import codes_of
from tools.mutants.making import ROOT, mutants
from tools.mutants.running import SLOW, TESTS, Mutating

CORE = (
    "s3_perimeter/theorem.py",
    "s3_perimeter/proof/**/*.py",
    "s3_perimeter/access/*.py",
    "s3_perimeter/semantics/evaluation.py",
    "s3_perimeter/semantics/conditions.py",
    "s3_perimeter/semantics/matchers.py",
    "s3_perimeter/semantics/readings.py",
    "s3_perimeter/addresses.py",
)


def main() -> int:
    """Print which mutants the tests noticed, by which test, and which they did not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", help="files of the core (default: all that the proof uses)")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants to try (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="choose other mutants (default: 1)")
    parser.add_argument("--skip", type=int, default=0, help="skip this many of them")
    parser.add_argument(
        "--only", nargs="+", metavar="FILE#NUMBER", help="try these mutants, named as they are printed"
    )
    parser.add_argument("--quick", action="store_true", help="run no properties, corpus or solvers")
    asked = parser.parse_args()
    os.chdir(ROOT)
    files = asked.files or [str(path.relative_to(ROOT)) for glob in CORE for path in sorted(ROOT.glob(glob))]
    every = [mutant for file in files for mutant, _ in mutants(file)]
    if asked.only:
        picked = [mutant for mutant in every if mutant.name in asked.only]
    else:
        random.Random(asked.seed).shuffle(every)
        picked = every[asked.skip : asked.sample]
    codes = codes_of(picked)
    print(f"{len(codes)} of {len(every)} mutants", flush=True)
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        deadline=None,
        derandomize=True,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )
    hypothesis.settings.load_profile("mutants")
    flags = ["-q", "-s", "--noconftest", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:drift-check"]
    tests = [test for test in (TESTS if asked.quick else (*TESTS, *SLOW)) if Path(test).exists()]
    return int(pytest.main([*flags, *tests], plugins=[Mutating(codes)]))


if __name__ == "__main__":
    raise SystemExit(main())
