"""The corpus of policies from public repositories, for whatever reads, proves or compares policies."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class CorpusPolicy:
    """One policy's text and where it is from; `kind` is `bucket` or `identity`."""

    file: str
    kind: str
    group: str
    text: str


@cache
def corpus() -> tuple[CorpusPolicy, ...]:
    """Every policy, sorted by file name."""
    with (HERE / "index.tsv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        CorpusPolicy(
            row["file"],
            row["kind"],
            row["group"],
            (HERE / "policies" / row["file"]).read_text(encoding="utf-8"),
        )
        for row in rows
    )
