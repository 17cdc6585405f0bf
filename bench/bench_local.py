"""`make up` on the embedded AWS, the engine being built, next to the same deployment without showing it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row, compared, seconds_of, turns
from local.environment import guarded

ROOT = Path(__file__).resolve().parent.parent
SILENT = "import sys; from local import commands; commands.show = lambda *_: None; sys.exit(commands.up())"


def rows() -> Iterator[Row]:
    """Yield the figure of each of the two from nothing, in turns."""
    with TemporaryDirectory() as directory:
        own = {"S3_PERIMETER_STATE": str(Path(directory) / "state"), "STAND_IDLE_SECONDS": "600"}
        environment = {**guarded(os.environ, {}), **own}

        def deployed(command: Sequence[str]) -> float:
            try:
                return seconds_of(lambda: run(command, environment))()
            finally:
                run(["make", "down"], environment)

        shown, silent = turns(
            lambda: deployed(["make", "up"]), lambda: deployed([sys.executable, "-P", "-c", SILENT]), rounds=2
        )
    yield compared("make up, from nothing", shown, "the same without showing it", silent, most=2)


def run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command in the checkout; its failure is an error."""
    subprocess.run(
        command, cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, check=True, capture_output=True
    )
