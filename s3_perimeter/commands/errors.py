"""CommandError, by the name under which the commands know it."""

from __future__ import annotations

from s3_perimeter.reporting.errors import CommandError

__all__ = ["CommandError"]
