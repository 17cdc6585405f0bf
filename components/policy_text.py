"""The bucket policy's text: the Denies, and beside them what the bucket's owner adds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from s3_perimeter import BuildError, Perimeter, bucket_policy
from s3_perimeter.build import POLICY_LIMIT

__all__ = ["bucket_policy_text"]


def bucket_policy_text(perimeter: Perimeter, additional: Sequence[Mapping[str, object]] = ()) -> str:
    """Return the bucket policy as JSON text.

    ``additional`` statements cannot open the fence: no Allow outweighs an explicit Deny.

    Raises:
        BuildError: the policy is larger than S3 accepts, with what to do about it.
    """
    text = bucket_policy(perimeter)
    if not additional:
        return text
    document = json.loads(text)
    document["Statement"] += [dict(statement) for statement in additional]
    longer = json.dumps(document, separators=(",", ":"))
    over = len(longer.encode()) - POLICY_LIMIT
    if over > 0:
        raise BuildError(
            f"with the additional statements the bucket policy is {over:,} bytes over S3's limit of "
            f"{POLICY_LIMIT:,}\n\nhint: move Allow statements into IAM policies of those whom they are for"
        )
    return longer
