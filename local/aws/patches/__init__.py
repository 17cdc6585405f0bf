"""Compatibility patches: where ministack differs from AWS and a user would notice, corrected in its process.

Each file says what ministack does and what AWS documents; ``local/aws/answers.json`` has what needs no code.
Most of what is replaced is private, so the patches fit one version only.
tests/local/test_patches.py tries each patch on ministack alone, and fails once it is not needed.
docs/reference/embedded-aws.md lists the patches; docs/upstream/ministack.md has the ones to offer upstream.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules

from local.aws.patches.kept import KEPT
from local.aws.patches.patch import install

VERSION = "1.5.33"
"""The only version of ministack that the patches were tried with."""


class VersionError(Exception):
    """Another version of ministack is installed."""


def apply(directory: Path) -> None:
    """Patch the emulator in this process, once; what the patches keep is in a file below ``directory``.

    Raises VersionError where another version of it is installed.
    """
    found = version("ministack")
    if found != VERSION:
        raise VersionError(
            f"the compatibility patches fit ministack {VERSION}, and {found} is installed\n\nhint: `python3 "
            "local/bootstrap.py` installs the locked version; before you adopt another one, set VERSION in "
            "local/aws/patches/__init__.py and run tests/local/test_patches.py"
        )
    KEPT.open(directory)
    for module in sorted(each.name for each in iter_modules(__path__)):
        import_module(f"{__name__}.{module}")
    install()
