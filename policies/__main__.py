"""The policy pack as the engine starts it. Building a PolicyPack serves until the engine ends it."""

import sys
from pathlib import Path

# Started as a folder, Python puts this folder itself first on its path; the package's parent belongs there.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from policies.engine.serve import main  # noqa: E402  (the path comes first)

if __name__ == "__main__":
    sys.exit(main())
