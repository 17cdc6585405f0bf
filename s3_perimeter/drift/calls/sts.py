"""The question about the caller."""

from __future__ import annotations

from s3_perimeter.drift.facts import Call

__all__ = ["caller"]


def caller() -> Call:
    """Return the question whose credentials these are; AWS lets everybody ask it."""
    return Call(service="sts", operation="get_caller_identity")
