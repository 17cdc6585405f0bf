"""Ten thousand stacks by `--shard` over 1, 2 and 4 processes of this machine, AWS answering from memory.

Each process is the `drift-check` command, which reads exported states; the answers come 10 ms after the
question, in the same process, so that neither a network nor AWS's own limits are measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.canned import states
from bench.rows import Row

STACKS = 10_000
ROOT = Path(__file__).resolve().parent.parent


def rows() -> Iterator[Row]:
    """The same fleet by more and more processes, each next to one process."""
    with tempfile.TemporaryDirectory() as place:
        for _ in states(Path(place), STACKS):
            pass
        alone = _checked(Path(place), 1)
        yield Row(f"{STACKS:,} stacks by one process", alone, "s")
        for processes, least in ((2, 1.6), (4, 1.6)):
            question = f"{STACKS:,} stacks by --shard over {processes} processes"
            taken = _checked(Path(place), processes)
            yield Row(question, taken, "s", peer="by one process", peer_value=alone, least=least)


def _checked(place: Path, processes: int) -> float:
    """Seconds until every stack is checked; raises where one is left out or checked twice."""
    started = time.perf_counter()
    running = []
    for part in range(1, processes + 1):
        command = [sys.executable, "-m", "bench.shard", f"{part}/{processes}", str(place)]
        output = (place / f"{part}.out").open("w+")
        running.append(
            (subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL), output)
        )
    names: list[str] = []
    codes = []
    for process, output in running:
        codes.append(process.wait())
        output.seek(0)
        reports = json.load(output)
        output.close()
        names += [report["stack"] for report in reports if report["status"] == "in-sync"]
    taken = time.perf_counter() - started
    if len(names) != STACKS - 1 or len(set(names)) != len(names) or sorted(codes)[-1] != 2:
        raise AssertionError(f"{len(names)} stacks in sync, {len(set(names))} different ones; codes {codes}")
    return taken
