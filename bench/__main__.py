"""`python -m bench [NAME ...]`: run the benchmarks, print one table, write bench/results.json.

A benchmark is a module `bench/bench_NAME.py` with a function `rows()` that yields `Row`s. One that raises is
shown with its error and does not end the run; the exit code is then 2, and 1 where a floor is not kept.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Row

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"


def names() -> list[str]:
    """Every benchmark in this folder, sorted."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def machine() -> dict[str, str | int]:
    """What the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def table(rows: list[Row]) -> str:
    """The rows as aligned text, one a line, floors and peers beside the figures."""
    cells = [("what", "measured", "floor", "", "peer, same run", "")]
    for row in rows:
        sign = "≤" if row.better == "lower" else "≥"
        floor = f"{sign} {row.floor:g} {row.unit}" if row.floor is not None else ""
        verdict = {True: "ok", False: "MISSED", None: ""}[row.holds]
        peer = (
            f"{row.peer}: {row.peer_value:.4g} {row.unit}" if row.peer and row.peer_value is not None else ""
        )
        times = f"{row.times_better:.1f}x" if row.times_better else ""
        cells.append((row.question, f"{row.value:.4g} {row.unit}", floor, verdict, peer, times))
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    padded = (
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells
    )
    return "\n".join(line.rstrip() for line in padded)


def main() -> int:
    """Run what is named, or everything; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure; each figure beside a peer."
    )
    parser.add_argument("name", nargs="*", help=f"which benchmarks, of: {', '.join(names())} (default: all)")
    asked = parser.parse_args().name
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(names())}")
    rows: list[Row] = []
    failed: list[str] = []
    for name in asked or names():
        print(f"bench: {name}", file=sys.stderr, flush=True)
        try:
            rows += importlib.import_module(f"bench.bench_{name}").rows()
        except Exception:  # noqa: BLE001  (the process boundary: one benchmark's failure is told, the others run)
            failed.append(name)
            traceback.print_exc()
    print(table(rows))
    if not asked and not failed:
        measured = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
        RESULTS.write_text(json.dumps({**measured, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
        return 2
    return int(any(row.holds is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
