"""`python -m bench.shard I/N FOLDER`: the drift check of one part of a fleet, in a process of its own.

The states are the files of the folder, and AWS answers from memory; all else is the command as users run it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bench.canned import CONTROLS, answer
from s3_perimeter.drift import begin
from s3_perimeter.drift.clients import AwsClients
from s3_perimeter.drift.main import main as drift_check


class Answered(AwsClients):
    """Clients to whom nothing is sent: each request is answered in this process."""

    def _open(self) -> Any:
        session = super()._open()
        session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
        session.get_component("event_emitter").register_first("before-send", answer)
        return session


def main() -> int:
    """Run the command on a part; its exit code is 2, because one of all stacks cannot be read."""
    part, folder = sys.argv[1:]
    setattr(begin, "AwsClients", Answered)  # noqa: B010  (a class that the type checker knows as another)
    states = ["--state", *map(str, sorted(Path(folder).glob("*.json")))]
    only = [word for control in CONTROLS for word in ("--only", control)]
    fixed = ["--endpoint-url", "http://127.0.0.1:1", "--region", "eu-west-1", "--format", "json"]
    return drift_check([*states, *only, *fixed, "--shard", part])


if __name__ == "__main__":
    sys.exit(main())
