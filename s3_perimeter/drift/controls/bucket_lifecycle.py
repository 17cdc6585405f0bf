"""Lifecycle rules are as declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from s3_perimeter.drift.calls import s3
from s3_perimeter.drift.findings import Difference, Severity
from s3_perimeter.drift.judging.control import Context, control
from s3_perimeter.drift.judging.filters import declared_filter, observed_filter
from s3_perimeter.drift.judging.words import on, other_rules
from s3_perimeter.drift.subjects import Bucket
from s3_perimeter.stack.state import Block

__all__ = ["judge"]

Rule = dict[str, Any]


@control(
    about=Bucket,
    id="bucket-lifecycle",
    title="lifecycle rules are as declared",
    severity=Severity.HIGH,
    impact="A lifecycle rule deletes data without a request that the access logs would attribute to anybody.",
    reads=lambda bucket: [s3.lifecycle(bucket)],
    parts=("s3/bucketLifecycleConfiguration",),
    inline=("lifecycleRules",),
    default="no rule",
)
def judge(bucket: Bucket, context: Context) -> Iterator[Difference]:
    part = bucket.part("s3/bucketLifecycleConfiguration")
    given = part.properties.blocks("rules") if part else bucket.inline.blocks("lifecycleRules")
    declared = [_declared_rule(rule) for rule in given]
    answer = Block("the answer", context(s3.lifecycle(bucket)) or {})
    observed = [_observed_rule(rule) for rule in answer.blocks("Rules")]
    yield from other_rules(
        declared,
        observed,
        Severity.HIGH,
        context,
        undeclared="lifecycle rules that nobody declared move or delete objects",
        remove=f"aws s3api delete-bucket-lifecycle {on(bucket)}",
        otherwise="objects are moved or deleted at other times than declared",
    )


def _declared_rule(rule: Block) -> Rule:
    """Return a rule of the state in the comparable form; what is not given is left out. Raises ShapeError."""
    where = rule.block("filter")
    several, (prefix, tags) = where.block("and"), declared_filter(rule)
    enabled = "Enabled" if rule.flag("enabled") else "Disabled"
    return _kept(
        status=rule.text("status") or enabled,
        prefix=prefix,
        tags=tags,
        larger=where.number("objectSizeGreaterThan") or several.number("objectSizeGreaterThan"),
        smaller=where.number("objectSizeLessThan") or several.number("objectSizeLessThan"),
        expire=_timing(rule.block("expiration")),
        expire_old=_timing(rule.block("noncurrentVersionExpiration")),
        move=_moves(rule.blocks("transitions")),
        move_old=_moves(rule.blocks("noncurrentVersionTransitions")),
        abort=rule.block("abortIncompleteMultipartUpload").number("daysAfterInitiation")
        or rule.number("abortIncompleteMultipartUploadDays"),
    )


def _observed_rule(rule: Block) -> Rule:
    """Return a rule of the API in the comparable form."""
    where = rule.block("Filter")
    several, (prefix, tags) = where.block("And"), observed_filter(rule)
    return _kept(
        status=rule.text("Status"),
        prefix=prefix,
        tags=tags,
        larger=where.number("ObjectSizeGreaterThan") or several.number("ObjectSizeGreaterThan"),
        smaller=where.number("ObjectSizeLessThan") or several.number("ObjectSizeLessThan"),
        expire=_timing(rule.block("Expiration")),
        expire_old=_timing(rule.block("NoncurrentVersionExpiration")),
        move=_moves(rule.blocks("Transitions")),
        move_old=_moves(rule.blocks("NoncurrentVersionTransitions")),
        abort=rule.block("AbortIncompleteMultipartUpload").number("DaysAfterInitiation"),
    )


def _kept(**aspects: Any) -> Rule:
    return {name: value for name, value in aspects.items() if value not in (None, "", {}, [], 0)}


def _timing(block: Block) -> Rule:
    """Return when something happens, whether the state or the API says it; a date is its day."""

    def number(*names: str) -> int | None:
        return next((found for name in names if (found := block.number(name))), None)

    date = block.get("date") or block.get("Date")
    return _kept(
        days=number("days", "Days", "noncurrentDays", "NoncurrentDays"),
        date=str(date)[:10] if date else None,
        kept=number("newerNoncurrentVersions", "NewerNoncurrentVersions"),
        markers=block.flag("expiredObjectDeleteMarker") or block.flag("ExpiredObjectDeleteMarker"),
        to=block.text("storageClass") or block.text("StorageClass"),
    )


def _moves(blocks: Sequence[Block]) -> list[Rule]:
    return sorted((_timing(block) for block in blocks), key=str)
