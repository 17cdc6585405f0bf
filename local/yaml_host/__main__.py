"""``python -m local.yaml_host``: build the host where there is none, and print its folder.

``make env`` puts that folder at the end of PATH, so that the CLI runs YAML programs."""

from __future__ import annotations

import os
import sys

from local.engine.build import EngineError
from local.yaml_host import find_or_build


def main() -> int:
    """Find or build the host; gives the exit code, 2 where there is none."""
    try:
        print(find_or_build(os.environ.get("PATH", os.defpath)).parent)
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
