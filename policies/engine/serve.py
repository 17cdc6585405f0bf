"""Start the pack: overhear the engine, then serve the rules."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from pulumi_policy import EnforcementLevel, PolicyPack

from ..rules import RULES
from . import servicer
from .pack import as_policy
from .session import Session

__all__ = ["main"]


def main() -> int:
    """Serve until the engine ends this process; 1 where the SDK is one that the pack does not know."""
    session = Session(now=datetime.now(UTC))
    try:
        servicer.install(session)
    except servicer.SdkChangedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    PolicyPack(
        name=servicer.PACK,
        enforcement_level=EnforcementLevel.MANDATORY,
        policies=[as_policy(rule, session) for rule in RULES],
    )
    return 0
