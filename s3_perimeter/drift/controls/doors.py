"""Wording for policies on other doors to a bucket."""

from __future__ import annotations

from s3_perimeter.documents.identity import PolicyShapeError, grants


def allowed_by(policy: object) -> str:
    """What the policy allows, as the end of a sentence; empty where there is none or it cannot be read."""
    if not policy:
        return ", without a policy of its own"
    try:
        lines = [str(line) for line in grants(policy) if line.effect == "Allow"]
    except PolicyShapeError:
        return ", by a policy that cannot be read"
    return f": {'; '.join(lines)}" if lines else ", allowing nothing itself"
