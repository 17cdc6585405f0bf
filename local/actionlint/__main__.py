"""``python -m local.actionlint``: read .github/workflows with the actionlint that go.mod pins.

No package registry of Python carries it, so it is built as the Pulumi CLI is, once per user. Shell steps
are read by the environment's shellcheck; what else a machine has installed changes nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local import programs
from local.engine.build import EngineError, Recipe

HERE = Path(__file__).resolve().parent
VERSION = programs.pinned(HERE, "github.com/rhysd/actionlint")
RECIPE = Recipe(
    what=f"actionlint {VERSION}",
    program="actionlint",
    sources=HERE,
    flags=("-ldflags", "-w -s"),
    packages=150,
    takes="about half a minute",
    instead="actionlint",
)


def find_or_build(path: str) -> Path:
    """The kept build, else the one on ``path``, else a build. Raises EngineError."""
    return programs.find_or_build(RECIPE, VERSION, path)


def main() -> int:
    """Run it with the arguments given; gives its exit code, 2 where there is none."""
    try:
        program = find_or_build(os.environ.get("PATH", os.defpath))
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    shellcheck = Path(sys.executable).parent / "shellcheck"
    readers = ["-shellcheck", str(shellcheck) if shellcheck.exists() else "", "-pyflakes", ""]
    return subprocess.run([program, *readers, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
