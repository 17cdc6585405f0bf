"""Run every program of the folder next to this file, as if each were a project of its own."""

import runpy
from pathlib import Path

for program in sorted((Path(__file__).parent / "programs").glob("*.py")):
    runpy.run_path(str(program))
