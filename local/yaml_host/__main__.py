"""``python -m local.yaml_host``: build the host where there is none, and print its folder.

``make env`` puts that folder at the end of PATH, so that the CLI runs YAML programs."""

from __future__ import annotations

import sys

from local.yaml_host import HOST

if __name__ == "__main__":
    sys.exit(HOST.command(lambda program: print(program.parent)))
