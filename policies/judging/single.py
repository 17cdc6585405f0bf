"""Settings that S3 keeps once a bucket: a second resource for one overwrites the first, and whichever is
removed later takes the setting away from the bucket.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..declared.deployment import Bucket
from .rule import Violation, broken

__all__ = ["more_than_one"]


def more_than_one(bucket: Bucket, kind: frozenset[str], what: str, *inline: str) -> Iterator[Violation]:
    """Yield a violation for each resource of these types beyond the bucket's first declaration of the
    setting.

    ``inline`` names the bucket's own arguments that are such a declaration too.
    """
    declared = bucket.resource is not None and bucket.resource.inputs is not None
    first = "the bucket's own argument" if declared and bucket.inline(*inline) is not None else ""
    for part in bucket.attached(kind):
        if first:
            yield broken(
                part.urn,
                f"bucket {bucket.label}",
                f"`{part.name}` is a second {what} for it, in addition to {first}: S3 stores one, and "
                "when either is removed later, the bucket has none",
                "keep one of them; before you remove the other, set `retain_on_delete` on it and deploy that",
            )
        first = first or f"`{part.name}`"
