"""Compatibility patches: where ministack differs from AWS and a user would notice, corrected in its process.

Each file says what ministack does and what AWS documents. A patch replaces a function of ministack's by one
that calls the original for everything else; most are private, so the patches fit one version only.
tests/local/test_patches.py tries each behaviour on ministack alone, and fails once a patch is not needed.
docs/reference/embedded-aws.md lists the patches; docs/upstream/ministack.md has the ones to offer upstream.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from local.aws.patches import (
    evaluation,
    iam,
    iam_authorization,
    iam_deletion,
    organizations,
    s3,
    s3_control,
    saml,
    services,
    sts,
)
from local.aws.patches.kept import Kept

VERSION = "1.5.33"
"""The only version of ministack that the patches were tried with."""


class VersionError(Exception):
    """Another version of ministack is installed."""


def apply(directory: Path) -> Kept:
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
    kept = Kept(directory)
    evaluation.apply()
    s3.apply(kept)
    s3_control.apply(kept)
    iam.apply(kept)
    iam_authorization.apply()
    iam_deletion.apply(kept)
    organizations.apply()
    services.apply()
    sts.apply(kept)
    saml.apply()
    return kept
