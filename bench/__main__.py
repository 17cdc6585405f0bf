"""`python -m bench [NAME ...] [--runs N]`: run the benchmarks and print one table.

Without names every benchmark that measures speed runs, three times by default; bench/results.json keeps what
was measured, and docs/performance.md with its plots is written from it. Those in LONG take many minutes and
are run by name.

A benchmark is a module `bench/bench_NAME.py` with a function `rows()` that yields `Row`s. One that raises is
shown with its error and does not end the run; the exit code is then 2, and 1 where a limit is not kept.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.page import cells, write_page
from bench.results import Benchmark, Figure, Results, Run

HERE = Path(__file__).parent
LONG = ("chaos", "engine", "load", "shards")


def names() -> list[str]:
    """Return the names of every benchmark in this folder, sorted."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def about(name: str) -> str:
    """Return what a benchmark measures: the first sentence of its docstring."""
    text = ast.get_docstring(ast.parse((HERE / f"bench_{name}.py").read_text())) or name
    return " ".join(text.partition("\n\n")[0].split())


def machine() -> dict[str, str | float]:
    """Return what the figures are measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count() or 0,
        "memory": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def run(names: Sequence[str]) -> tuple[Run, list[str]]:
    """Run the benchmarks once; return their figures, and the names of those that failed."""
    load = round(os.getloadavg()[0], 1)
    measured: list[Benchmark] = []
    failed: list[str] = []
    for name in names:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        try:
            rows = list(importlib.import_module(f"bench.bench_{name}").rows())
        except Exception:  # noqa: BLE001  (the process boundary: one benchmark's failure is reported, and the others run)
            failed.append(name)
            traceback.print_exc()
        else:
            measured.append(Benchmark(name, about(name), rows))
    return Run(datetime.now(UTC).isoformat(timespec="seconds"), load, measured), failed


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as aligned text, one per line, with peers, ratios and limits."""
    lines = [["what", "measured", "peer", "ratio", "limit", "lowest to highest"]]
    lines += [[cell.replace("**missed**", "MISSED") for cell in cells(figure)] for figure in figures]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    padded = (
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines
    )
    return "\n".join(line.rstrip() for line in padded)


def main() -> int:
    """Run the named benchmarks, or all; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure every figure, and compare it with a peer."
    )
    parser.add_argument(
        "name",
        nargs="*",
        help=f"which benchmarks, of: {', '.join(names())} (default: all but {', '.join(LONG)})",
    )
    parser.add_argument(
        "--runs", type=int, metavar="N", help="how often (default: 3, and once for what is named)"
    )
    given = parser.parse_args()
    unknown = sorted(set(given.name) - set(names()))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(names())}")
    often = given.runs or (1 if given.name else 3)
    results = Results(machine(), [])
    failed: list[str] = []
    for number in range(1, often + 1):
        print(f"bench: run {number} of {often}", file=sys.stderr, flush=True)
        found, missing = run(given.name or [name for name in names() if name not in LONG])
        results.runs.append(found)
        failed += missing
    figures = [figure for _, of_one in results.figures() for figure in of_one]
    print(table(figures))
    if failed:
        print(f"failed: {', '.join(sorted(set(failed)))}", file=sys.stderr)
        return 2
    if not given.name:
        results.write()
        write_page(results)
    return int(any(figure.row.holds is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
