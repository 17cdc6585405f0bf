"""Changes made behind the engine's back, one at a time, with what a check has to say of each.

A file holds those of one part of what is deployed; importing it enters them into the table.
"""

from tests.e2e.drift.changes import bucket, bucket_policy, key, managed_policy, user

__all__ = ["bucket", "bucket_policy", "key", "managed_policy", "user"]
