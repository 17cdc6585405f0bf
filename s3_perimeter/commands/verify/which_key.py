"""Which access key to verify with: never the first use of a key that was made to replace another.

`perimeter rotate` goes on to the old key once the new one has been used, and IAM does not say by whom
("GetAccessKeyLastUsed", IAM API Reference). So the first use has to be the person's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s3_perimeter.aws import Aws
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.stack.deployed import AccessKey, User

__all__ = ["key_to_verify"]


def key_to_verify(operator: Aws, user: User, slot: str | None) -> AccessKey:
    """Return the access key of a slot, or without one the newer key, where its person has used it already,
    else the older.

    Raises CommandError where that would be the first use of the newer of two keys, where IAM does not say
    whether it would, and where there is no such key.
    """
    chosen = user.access_key(slot)
    if len(user.keys) < 2:
        return chosen
    iam = operator.client("iam")
    with operator.words_for(f"asking IAM whether the access keys of {user.iam_name} have been used"):
        listed: Mapping[str, Any] = {
            each["AccessKeyId"]: each
            for each in iam.list_access_keys(UserName=user.iam_name)["AccessKeyMetadata"]
        }
        there = sorted(
            (each for each in user.keys if each.id in listed), key=lambda each: listed[each.id]["CreateDate"]
        )
        if len(there) < 2:
            return chosen
        older, newer = there[-2:]
        used = iam.get_access_key_last_used(AccessKeyId=newer.id)["AccessKeyLastUsed"].get("LastUsedDate")
    if slot is None:
        uses_newer = used is not None or listed[older.id]["Status"] != "Active"
        chosen = user.access_key(newer.slot if uses_newer else older.slot)
    if chosen.id == newer.id and used is None:
        raise CommandError(
            f"access key {newer.id} of {user.name} (slot {newer.slot}) has never been used, and its first "
            "use shows `perimeter rotate` that the person has it",
            f"have the person use it once, verify with the other key (`--slot {older.slot}`), or finish the "
            "rotation",
        )
    return chosen
