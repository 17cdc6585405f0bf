"""Results: what one run of all benchmarks measured, as bench/results.json keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.rows import Row

__all__ = ["RESULTS", "Benchmark", "Results"]

RESULTS: Final = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark, what it says of itself, and its figures in order."""

    name: str
    about: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of one run, and the machine that they were measured on."""

    measured_at: str
    machine: Mapping[str, str | float]
    benchmarks: list[Benchmark]

    @property
    def rows(self) -> list[Row]:
        """Every figure, in order."""
        return [row for benchmark in self.benchmarks for row in benchmark.rows]

    def write(self, path: Path = RESULTS) -> None:
        """Keep them in a file."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, path: Path = RESULTS) -> Results:
        """The results that `write` kept."""
        kept = json.loads(path.read_text())
        benchmarks = [
            Benchmark(one["name"], one["about"], [Row(**row) for row in one["rows"]])
            for one in kept["benchmarks"]
        ]
        return cls(kept["measured_at"], kept["machine"], benchmarks)
