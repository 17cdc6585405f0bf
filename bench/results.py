"""Results: what the runs of all benchmarks measured, as bench/results.json keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.rows import Row

__all__ = ["RESULTS", "Benchmark", "Figure", "Results", "Run"]

RESULTS: Final = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark, what it says of itself, and its figures in order."""

    name: str
    about: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks, and how busy the machine was with other work before it."""

    measured_at: str
    load: float
    benchmarks: list[Benchmark]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row over several runs: the medians, and the lowest and the highest of what is judged.

    That is the ratio to the peer, or the figure itself where there is no peer.
    """

    row: Row
    lowest: float
    highest: float

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Figure:
        """Return the figure of the same row in each run."""
        ratios = [row.ratio for row in rows if row.ratio is not None]
        peers = [row.peer_value for row in rows if row.peer_value is not None]
        judged = ratios if len(ratios) == len(rows) else [row.value for row in rows]
        merged = replace(
            rows[0],
            value=median(row.value for row in rows),
            peer_value=median(peers) if peers else None,
            paired=median(ratios) if ratios else None,
        )
        return cls(merged, min(judged), max(judged))


@dataclass(frozen=True, slots=True)
class Results:
    """The runs, and the machine that they were made on."""

    machine: Mapping[str, str | float]
    runs: list[Run]

    def figures(self) -> list[tuple[Benchmark, list[Figure]]]:
        """Return each benchmark of the first run, with its figures over all runs."""
        found = []
        for benchmark in self.runs[0].benchmarks:
            rows: dict[str, list[Row]] = {row.question: [] for row in benchmark.rows}
            for run in self.runs:
                for other in run.benchmarks:
                    if other.name == benchmark.name:
                        for row in other.rows:
                            rows.setdefault(row.question, []).append(row)
            found.append((benchmark, [Figure.of(each) for each in rows.values()]))
        return found

    def write(self, path: Path = RESULTS) -> None:
        """Keep them in a file."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, path: Path = RESULTS) -> Results:
        """Return the results that `write` kept."""
        kept = json.loads(path.read_text())
        return cls(kept["machine"], [_run(one) for one in kept["runs"]])


def _run(given: Mapping[str, Any]) -> Run:
    """Return one run from the form in which it was kept."""
    benchmarks = [
        Benchmark(one["name"], one["about"], [Row(**row) for row in one["rows"]])
        for one in given["benchmarks"]
    ]
    return Run(given["measured_at"], given["load"], benchmarks)
