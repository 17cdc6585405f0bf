"""Start the pack: overhear the engine, then serve the rules."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from .put_off import put_off

put_off()

from pulumi_policy import EnforcementLevel, PolicyPack  # noqa: E402  (it imports what is put off)

from . import servicer  # noqa: E402
from .catalog import listed  # noqa: E402
from .pack import as_policy  # noqa: E402
from .session import Session  # noqa: E402

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
        policies=[as_policy(rule, session) for rule in listed()],
    )
    return 0
