"""``python -m local.sdk_generator``: build the generator where there is none, and print where it is."""

from __future__ import annotations

import os
import sys

from local.engine.build import EngineError
from local.sdk_generator import find_or_build


def main() -> int:
    """Find or build it; gives the exit code, 2 where there is none."""
    try:
        print(find_or_build(os.environ.get("PATH", os.defpath)))
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
