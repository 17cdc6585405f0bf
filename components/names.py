"""Names that follow from the bucket's own: the log bucket's, and the form that S3 keeps for one account."""

from __future__ import annotations

import hashlib
import re

__all__ = ["is_account_regional", "log_bucket_name"]

_LONGEST = 63
"""Characters of the longest bucket name ("General purpose bucket naming rules", Amazon S3 User Guide)."""

_ACCOUNT_REGIONAL = re.compile(r"(?P<own>.+)(?P<suffix>-\d{12}-[a-z]{2}(-[a-z]+)+-\d-an)")
"""`NAME-ACCOUNT-REGION-an`: names in an account's own namespace, which nobody else can take."""


def is_account_regional(bucket_name: str) -> bool:
    """Return whether the name belongs to the account-regional namespace, which S3 has to be told."""
    return _ACCOUNT_REGIONAL.fullmatch(bucket_name) is not None


def log_bucket_name(bucket_name: str) -> str:
    """Return the name of the bucket's access-log bucket, in the same namespace.

    Where the name would be too long its middle becomes a digest of the whole, so that two long names that
    begin alike do not meet.
    """
    match = _ACCOUNT_REGIONAL.fullmatch(bucket_name)
    own, suffix = (match["own"], match["suffix"]) if match else (bucket_name, "")
    ending = f"-logs{suffix}"
    if len(own) + len(ending) <= _LONGEST:
        return own + ending
    digest = hashlib.sha256(bucket_name.encode()).hexdigest()[:8]
    kept = own[: max(0, _LONGEST - len(ending) - len(digest) - 1)].rstrip("-.")
    return "-".join(part for part in (kept, digest) if part) + ending
