"""Who we are for AWS, asked before anything else: without an answer nothing else is worth asking."""

from __future__ import annotations

from s3_perimeter.drift.facts import Fact, Unreadable
from s3_perimeter.reporting.refused_credentials import CODES, EXCEPTIONS

__all__ = ["unusable"]


def unusable(caller: Fact) -> str | None:
    """Return why nothing can be asked with these credentials or from here, and what to do; None where that is
    not known.

    A refusal that concerns the question alone, or an overload, says nothing about the other calls.
    """
    if not isinstance(caller, Unreadable):
        return None
    if caller.code in CODES:
        problem, hint = CODES[caller.code]
        return f"{problem} ({caller.code})\n\nhint: {hint}"
    if caller.answered:
        return None
    said = caller.reason.partition(": ")[2]
    if caller.code in EXCEPTIONS:
        problem, hint = EXCEPTIONS[caller.code]
        return f"{problem}: {said.removeprefix(f'{caller.code}: ')}\n\nhint: {hint}"
    return f"AWS cannot be reached: {said}\n\nhint: check the network, --region and --endpoint-url"
