"""``python -m local.actionlint``: read .github/workflows with the actionlint that go.mod pins.

No package registry of Python carries it, so it is built as the Pulumi CLI is, once per user. Shell steps
are read by the environment's shellcheck; what else a machine has installed changes nothing.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from local.actionlint import ACTIONLINT


def run(program: Path) -> int:
    """Run it with the arguments given; gives its exit code."""
    shellcheck = Path(sys.executable).parent / "shellcheck"
    readers = ["-shellcheck", str(shellcheck) if shellcheck.exists() else "", "-pyflakes", ""]
    return subprocess.run([program, *readers, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(ACTIONLINT.command(run))
