"""Make the folder that `pulumi plugin install tool drift-check VERSION --file FOLDER` installs.

It holds what the check needs of this distribution and nothing else, a PulumiPlugin.yaml by which the engine
starts it with Python, and requirements.txt, from which the engine's Python host makes its environment.
"""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from pathlib import Path

__all__ = ["main"]

_PACKAGES = ("s3_perimeter",)
_NEEDED = ("boto3", "ruamel.yaml")
_PROJECT = """name: drift-check
description: What changed outside Pulumi, by meaning.
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: venv
"""
_START = '''"""Where the engine starts the tool."""

from s3_perimeter.drift.main import command

command()
'''


def _bundle(folder: Path) -> None:
    """Write the folder, which must be empty or not there; raises FileExistsError."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty\n\nhint: name a folder that does not exist yet")
    root = Path(__file__).resolve().parents[2]
    for package in _PACKAGES:
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "PulumiPlugin.yaml").write_text(_PROJECT, encoding="utf-8")
    (folder / "__main__.py").write_text(_START, encoding="utf-8")
    pins = "".join(f"{name}=={metadata.version(name)}\n" for name in _NEEDED)
    (folder / "requirements.txt").write_text(pins, encoding="utf-8")


def main() -> int:
    """Run `python -m s3_perimeter.drift.bundle FOLDER`."""
    if len(sys.argv) != 2:
        print("usage: python -m s3_perimeter.drift.bundle FOLDER", file=sys.stderr)
        return 2
    try:
        _bundle(Path(sys.argv[1]))
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"pulumi plugin install tool drift-check {metadata.version('s3-perimeter')} --file {sys.argv[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
