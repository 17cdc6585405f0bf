"""Object lock is as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Json, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.words import changed, redeploy
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]


@control(
    about=Bucket,
    id="bucket-object-lock",
    title="object lock is as declared",
    severity=Severity.HIGH,
    impact="With the default retention gone, a stolen key can delete what was to be kept.",
    reads=lambda bucket: [s3.object_lock(bucket)],
    parts=("s3/bucketObjectLockConfiguration",),
    inline=("objectLockEnabled", "objectLockConfiguration"),
    default="no object lock",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    answer = (context(s3.object_lock(bucket)) or {}).get("ObjectLockConfiguration") or {}
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
        redeploy(context),
    )


def _declared(bucket: Bucket) -> Json:
    part = bucket.part("s3/bucketObjectLockConfiguration")
    inline = bucket.inline
    if part is None and not inline.flag("objectLockEnabled") and not inline.block("objectLockConfiguration"):
        return None
    given = part.properties if part else inline.block("objectLockConfiguration")
    return _retention(given.block("rule").block("defaultRetention"), "mode", "days", "years")


def _observed(answer: Mapping[str, Any]) -> Json:
    if answer.get("ObjectLockEnabled") != "Enabled":
        return None
    given = Block("the answer", answer)
    return _retention(given.block("Rule").block("DefaultRetention"), "Mode", "Days", "Years")


def _retention(block: Block, mode: str, days: str, years: str) -> Json:
    length = (block.number(days) or 0) + 365 * (block.number(years) or 0)
    return {"mode": block.text(mode), "days": length or None}
