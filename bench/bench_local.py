"""How long `make up` and a preview with the policy pack take on the embedded AWS, the engine being built."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row
from local.environment import guarded
from local.stack import Stack
from local.stand import Stand

ROOT = Path(__file__).resolve().parent.parent
PREVIEWS = 5


def seconds(command: list[str], environment: Mapping[str, str]) -> float:
    """How long a command takes in the checkout; its failure is an error."""
    began = time.perf_counter()
    subprocess.run(
        command, cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, check=True, capture_output=True
    )
    return time.perf_counter() - began


def rows() -> Iterator[Row]:
    """`make up` from nothing, then previews with and without the pack, taking turns."""
    with TemporaryDirectory() as directory:
        state = Path(directory) / "state"
        own = {"S3_PERIMETER_STATE": str(state), "STAND_IDLE_SECONDS": "600"}
        environment = {**guarded(os.environ, {}), **own}
        try:
            taken = seconds(["make", "up"], environment)
            yield Row("make up, from nothing", taken, "s", better="lower", target=30)
            stack = Stack(ROOT, state, Stand(state).process_environment())
            preview = ["pulumi", "preview", "--non-interactive", "--stack", "local"]
            with_pack, without = [], []
            for _ in range(PREVIEWS):
                without.append(seconds(preview, stack.environment))
                with_pack.append(seconds([*preview, "--policy-pack", "policies"], stack.environment))
        finally:
            seconds(["make", "down"], environment)
    times = statistics.median(with_pack) / statistics.median(without)
    yield Row("preview with the pack, against without it", times, "x", better="lower", target=1.6)
