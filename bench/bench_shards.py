"""Ten thousand stacks by `--shard` over 1, 2 and 4 processes of this machine, AWS answering from memory.

Each process is the `drift-check` command, which reads exported states; the answers come 10 ms after the
question, in the same process, so that neither a network nor AWS's own limits are measured.
"""

from __future__ import annotations

import json
import os
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
    """Yield the figures of the same fleet with more and more processes, each with one process as the peer."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as place:
        for _ in states(Path(place), STACKS):
            pass
        wall, processor = checked(Path(place), 1)
        for processes in (2, 4):
            question = f"{STACKS:,} stacks by --shard over {processes} processes"
            one = "by one process"
            taken, most = checked(Path(place), processes)
            least = 0.75 * min(processes, cores)
            yield Row(question, taken, "s", peer=one, peer_value=wall, least=least)
            question += ", processor time of the busiest"
            yield Row(question, most, "s", peer=one, peer_value=processor, least=0.75 * processes)


def checked(place: Path, processes: int, many: int = STACKS) -> tuple[float, float]:
    """Return the seconds until every stack of a folder is checked, and the processor seconds of the busiest
    process.

    Raises if a stack is left out or checked twice.
    """
    started = time.perf_counter()
    running = []
    for part in range(1, processes + 1):
        command = [sys.executable, "-m", "bench.shard", f"{part}/{processes}", str(place)]
        output = (place / f"{part}.out").open("w+")
        running.append(
            (subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL), output)
        )
    names: list[str] = []
    codes, seconds = [], []
    for process, output in running:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        codes.append(process.returncode)
        seconds.append(used.ru_utime + used.ru_stime)
        output.seek(0)
        reports = json.load(output)
        output.close()
        names += [report["stack"] for report in reports if report["status"] == "in-sync"]
    taken = time.perf_counter() - started
    if len(names) != many - 1 or len(set(names)) != len(names) or max(codes) != 2:
        raise AssertionError(f"{len(names)} stacks in sync, {len(set(names))} different ones; codes {codes}")
    return taken, max(seconds)
