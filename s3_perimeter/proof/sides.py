"""Sides: the statements of a policy, as the proof takes them."""

from __future__ import annotations

from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.proof.model import Side

__all__ = ["sides_of"]


def sides_of(policy: PolicyDocument) -> list[Side]:
    """Return a policy's statements."""
    return [Side(statement, policy.version == "2012-10-17") for statement in policy.statements]
