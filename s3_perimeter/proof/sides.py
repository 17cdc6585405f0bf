"""Sides: the statements of a policy, as the proof takes them."""

from __future__ import annotations

from s3_perimeter.documents.document import PolicyDocument
from s3_perimeter.proof.model import Part, Side
from s3_perimeter.semantics.evaluation import account_of

__all__ = ["both_parts"]


def both_parts(policy: PolicyDocument) -> list[Side]:
    """Return a policy's statements; of one that spares an account by its number, both parts."""
    variables = policy.version == "2012-10-17"
    found = []
    for statement in policy.statements:
        spared = statement.not_principals
        parts: tuple[Part, ...] = (Part.WHOLE,)
        if spared is not None and any(account_of(each) for each in spared.aws):
            parts = (Part.CERTAIN, Part.POSSIBLE)
        found += [Side(statement, variables, part) for part in parts]
    return found
