"""The policy pack as the engine starts it. Building a PolicyPack serves until the engine ends it."""

import sys
from pathlib import Path

# Started as a folder, Python puts this folder itself first on its path. What belongs there is the one that
# holds s3_perimeter: in a checkout the folder above, in an installation the one above that package.
_above = Path(__file__).resolve().parent.parent
sys.path[0] = str(_above.parent if _above.name == "s3_perimeter" else _above)

from s3_perimeter import extras  # noqa: E402  (the path comes first)

try:
    from s3_perimeter.policies.engine.serve import main
except ModuleNotFoundError as error:
    sys.exit(f"error: {extras.named(error)}")

if __name__ == "__main__":
    sys.exit(main())
