"""`python -m bench [NAME ...]`: run the benchmarks and print one table.

A run of all that measure speed writes bench/results.json, and docs/performance.md with its plots from it.
Those in LONG take many minutes and are run by name; docs/reliability.md has their figures.

A benchmark is a module `bench/bench_NAME.py` with a function `rows()` that yields `Row`s. One that raises is
shown with its error and does not end the run; the exit code is then 2, and 1 where a target is not kept.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from bench.page import write_page
from bench.results import Benchmark, Results
from bench.rows import Row

HERE = Path(__file__).parent
LONG = ("chaos", "load")


def names() -> list[str]:
    """Every benchmark in this folder, sorted."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def about(name: str) -> str:
    """What a benchmark measures: the first sentence of its docstring."""
    text = ast.get_docstring(ast.parse((HERE / f"bench_{name}.py").read_text())) or name
    return " ".join(text.partition("\n\n")[0].split())


def machine() -> dict[str, str | float]:
    """What the figures are measured on, and how busy it is with other work before they are."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def table(rows: list[Row]) -> str:
    """The rows as aligned text, one a line, with targets and peers next to the figures."""
    cells = [("what", "measured", "target", "", "peer, same run", "")]
    for row in rows:
        verdict = {True: "ok", False: "MISSED", None: ""}[row.holds]
        times = f"{row.times_better:.1f}x" if row.times_better else ""
        measured = f"{row.value:.4g} {row.unit}"
        cells.append((row.question, measured, row.target_text, verdict, row.peer_text, times))
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    padded = (
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells
    )
    return "\n".join(line.rstrip() for line in padded)


def main() -> int:
    """Run what is named, or everything; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure every figure, and compare it with a peer."
    )
    parser.add_argument(
        "name",
        nargs="*",
        help=f"which benchmarks, of: {', '.join(names())} (default: all but {', '.join(LONG)})",
    )
    asked = parser.parse_args().name
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(names())}")
    ran_on = machine()
    measured: list[Benchmark] = []
    failed: list[str] = []
    for name in asked or [name for name in names() if name not in LONG]:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        try:
            rows = list(importlib.import_module(f"bench.bench_{name}").rows())
        except Exception:  # noqa: BLE001  (the process boundary: one benchmark's failure is reported, and the others run)
            failed.append(name)
            traceback.print_exc()
        else:
            measured.append(Benchmark(name, about(name), rows))
    every = [row for benchmark in measured for row in benchmark.rows]
    print(table(every))
    if not asked and not failed:
        results = Results(datetime.now(UTC).isoformat(timespec="seconds"), ran_on, measured)
        results.write()
        write_page(results)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
        return 2
    return int(any(row.holds is False for row in every))


if __name__ == "__main__":
    sys.exit(main())
