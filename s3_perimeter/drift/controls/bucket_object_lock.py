"""Object lock is as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.controls.control import Control, View
from s3_perimeter.drift.controls.words import changed, mend
from s3_perimeter.drift.declared import Bucket
from s3_perimeter.drift.findings import Difference, Json, Severity


def judge(bucket: Bucket, view: View) -> Iterator[Difference]:
    answer = (view(s3.object_lock(bucket)) or {}).get("ObjectLockConfiguration") or {}
    declared, observed = _declared(bucket), _observed(answer)
    if declared == observed:
        return
    weaker = declared is not None
    yield changed(
        Severity.HIGH if weaker else Severity.MEDIUM,
        declared,
        observed,
        "objects are protected from deletion otherwise than declared"
        if weaker
        else "objects cannot be deleted before their retention ends, which nobody declared",
        mend(view),
    )


def _declared(bucket: Bucket) -> Json:
    part = bucket.part("s3/bucketObjectLockConfiguration")
    if part is not None:
        return _retention((part.get("rule") or {}).get("defaultRetention") or {}, "mode", "days", "years")
    enabled = bucket.inline("objectLockEnabled") or bucket.inline("objectLockConfiguration")
    return _retention({}, "mode", "days", "years") if enabled else None


def _observed(answer: Mapping[str, Any]) -> Json:
    if answer.get("ObjectLockEnabled") != "Enabled":
        return None
    return _retention((answer.get("Rule") or {}).get("DefaultRetention") or {}, "Mode", "Days", "Years")


def _retention(block: Mapping[str, Any], mode: str, days: str, years: str) -> Json:
    length = int(block.get(days) or 0) + 365 * int(block.get(years) or 0)
    return {"mode": block.get(mode), "days": length or None}


CONTROL = Control(
    id="bucket-object-lock",
    title="object lock is as declared",
    scope="bucket",
    severity=Severity.HIGH,
    lets="With the default retention gone, a stolen key can delete what was to be kept.",
    reads=lambda bucket: [s3.object_lock(bucket)],
    judge=judge,
)
