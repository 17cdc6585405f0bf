"""``python -m local.sdk_generator``: build the generator where there is none, and print where it is."""

from __future__ import annotations

import sys

from local.sdk_generator import GENERATOR

if __name__ == "__main__":
    sys.exit(GENERATOR.command(print))
