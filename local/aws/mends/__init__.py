"""Where the emulator differs from AWS and a user would notice, put right in its own process.

ministack is pinned to one version, and each mend replaces one function of it by one that does what AWS
documents and calls the original for the rest. docs/reference/embedded-aws.md lists them, and what is left.
"""

from __future__ import annotations

from pathlib import Path

from local.aws.mends import access_grants, account_block, evaluation, iam, iam_authorization, iam_deletion, s3
from local.aws.mends.kept import Kept


def apply(directory: Path) -> Kept:
    """Mend the emulator in this process, once; what the mends keep is in a file below ``directory``."""
    kept = Kept(directory)
    evaluation.apply()
    s3.apply(kept)
    account_block.apply(kept)
    access_grants.apply()
    iam.apply(kept)
    iam_authorization.apply()
    iam_deletion.apply(kept)
    return kept
