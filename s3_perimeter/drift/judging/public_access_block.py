"""The four switches of a public-access block, as a stack declares them and as S3 answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from s3_perimeter.stack.state import Resource

__all__ = ["SWITCHES", "declared_on", "switched_on"]

SWITCHES: Final = {
    "BlockPublicAcls": "blockPublicAcls",
    "IgnorePublicAcls": "ignorePublicAcls",
    "BlockPublicPolicy": "blockPublicPolicy",
    "RestrictPublicBuckets": "restrictPublicBuckets",
}
"""S3's name of each, and the provider's."""


def switched_on(block: Mapping[str, Any] | None) -> list[str]:
    """Return the switches of an answered block that are on; none where there is no block."""
    return [name for name in SWITCHES if (block or {}).get(name) is True]


def declared_on(part: Resource) -> list[str]:
    """Return the switches that a declared block turns on. Raises ShapeError."""
    return [name for name, given in SWITCHES.items() if part.properties.flag(given)]
